# One line each: the work is in scripts/.
.PHONY: help build install run test tsan fuzz bench lint clean
PREFIX ?= /usr/local

help:   ; @sed -n 's/^#: //p' Makefile
build:  ; @scripts/bootstrap && scripts/build
install:; @scripts/bootstrap && scripts/build && cmake --install build/release --prefix "$(PREFIX)"
run:    ; @scripts/run
test:   ; @scripts/bootstrap && scripts/test release asan-ubsan
tsan:   ; @scripts/bootstrap && scripts/test tsan
bench:  ; @scripts/bench $(FLAGS)
fuzz:   ; @scripts/bootstrap --fuzz && scripts/fuzz $(FLAGS)
lint:   ; @scripts/bootstrap --lint && scripts/lint
clean:  ; @rm -rf build

#: make run     installs what is missing, builds, trains a first network on Fashion-MNIST and tests it
#: make build   the program: build/release/weft
#: make install  the program, its manual and completions, the library: under PREFIX=/usr/local, below DESTDIR if set
#: make test    the tests, then the same under the address and undefined-behaviour sanitizers
#: make tsan    the tests under the thread sanitizer
#: make bench   weft against NumPy, scikit-learn, oneDNN, PyTorch and ONNX Runtime: docs/results.md (make bench FLAGS="--full --rounds 5")
#: make fuzz    every parser of bytes from outside, a minute each (make fuzz FLAGS="600 csv npz")
#: make lint    formatting and clang-tidy
#: make clean   removes build/; trained runs stay
