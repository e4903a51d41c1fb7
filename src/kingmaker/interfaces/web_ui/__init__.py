"""The web pages: see the loop, understand a verdict, act. Served by the control centre, with its log-in and its rights."""
