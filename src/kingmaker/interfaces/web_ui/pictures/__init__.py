"""Pictures that only pages show, drawn as the report draws its own."""
