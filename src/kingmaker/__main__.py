"""`python -m kingmaker` is the console command."""

from kingmaker.wiring import main

if __name__ == "__main__":
    main()
