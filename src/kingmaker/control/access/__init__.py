"""Who is at the door: making and checking secrets, log-ins, sessions, and what may be given on."""
