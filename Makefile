# Everything is done by dev.py, so that Windows has the same: `python dev.py run`.
PYTHON ?= python3

.PHONY: run test bench lock bundle translate
run:        ## set everything up and serve the intranet on http://127.0.0.1:5000
	@$(PYTHON) dev.py run
test:       ## everything that is checked before a change lands
	@$(PYTHON) dev.py test
bench:      ## speed and growth, beside a bare Flask page in the same run
	@$(PYTHON) dev.py bench
lock:       ## pin every package anew
	@$(PYTHON) dev.py lock
bundle:     ## the wheels for an office without internet
	@$(PYTHON) dev.py bundle
translate:  ## bring new English texts into the Chinese catalogue
	@$(PYTHON) dev.py translate
