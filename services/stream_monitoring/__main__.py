"""`python -m stream_monitoring` starts the service."""

from stream_monitoring.main import main

raise SystemExit(main())
