"""``python -m workbench`` is ``csat``."""

import sys

from workbench.start import main

sys.exit(main())
