"""``python -m workbench`` is ``csat``."""

import sys

from workbench.cli import main

sys.exit(main())
