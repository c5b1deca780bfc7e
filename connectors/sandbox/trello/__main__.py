"""`python -m connectors.sandbox.trello --port N --load FILE --faults SPEC`."""

from connectors.sandbox.trello import main

main()
