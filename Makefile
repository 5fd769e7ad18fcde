# Two commands for a fresh machine, and five for daily work. Each is a script of its own name where it is more
# than a line; ARGS goes to it: make demo ARGS="--data photos".

.PHONY: demo test bench parity soak format clean

demo: ## set up, fetch the weights, build, fine-tune Xception on cats and dogs
	@scripts/demo.sh $(ARGS)

test: ## set up, fetch the weights, build and run every test
	@scripts/test.sh $(ARGS)

bench: ## build and run the benchmarks
	@scripts/bench.sh $(ARGS)

parity: ## install Keras, and compare with it afresh
	@scripts/parity.sh $(ARGS)

soak: ## kill a training 200 times, and compare what it learns with one that was never killed
	@scripts/soak.sh $(ARGS)

format: ## clang-format on every source
	@scripts/format.sh $(ARGS)

clean: ## remove what was built; the cache of downloads stays
	rm -rf build build-clang build-sanitize out
