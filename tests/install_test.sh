#!/usr/bin/env bash
# Installs a build into an empty folder, looks at what came, and builds a program against it:
# tests/install_test.sh BUILD_FOLDER
set -euo pipefail
build=$1
sources=$(cd "$(dirname "$0")" && pwd)/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

fail() {
  echo "install: $*" >&2
  exit 1
}

cmake --install "$build" --prefix "$prefix" >"$work/log" || { cat "$work/log"; fail "cmake --install"; }
for file in bin/weft lib/weft/weft_pictures.so include/weft/data.hpp share/man/man1/weft.1 share/bash-completion/completions/weft \
  share/zsh/site-functions/_weft; do
  [[ -s $prefix/$file ]] || fail "$file is missing or empty"
done
[[ -n $(find "$prefix" -name libweft.a) ]] || fail "libweft.a is missing"
"$prefix/bin/weft" --version | grep -q '^weft ' || fail "the program does not run"
if ldd "$prefix/bin/weft" | grep -q vips; then fail "the program loads libvips at its start"; fi
if grep -qF "$build" "$prefix/lib/weft/weft_pictures.so"; then fail "the module names the folder that it was built in"; fi

# Packagers install below DESTDIR.
DESTDIR=$work/destination cmake --install "$build" --prefix /usr >/dev/null
[[ -x $work/destination/usr/bin/weft ]] || fail "DESTDIR is not heeded"

# The completion completes: in a bash of its own, as after a press of the tab key.
answers() {
  bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weft; echo "${COMPREPLY[*]}"' \
    bash "$prefix/share/bash-completion/completions/weft" "$@"
}
expect() {
  local wanted=$1 got
  shift
  got=$(answers "$@")
  [[ $got == "$wanted" ]] || fail "completing \"$*\" gives \"$got\", not \"$wanted\""
}
bash -c 'source "$1"; complete -p weft' bash "$prefix/share/bash-completion/completions/weft" >/dev/null
expect 'evaluate' weft ev
expect 'train test' weft evaluate m --split t
expect 'val' weft evaluate m --split = v
expect 'fashion-mnist' weft evaluate m --data fash
expect '' weft predict m --threads ''
expect '--csv' weft predict --cs
expect 'softmax' weft article so
expect '--pixels' weft article classifier --pi
(cd "$work" && mkdir -p 'runs/a run' && expect 'runs/a run' weft evaluate runs/a) || exit 1

if command -v man >/dev/null; then
  complaints=$(man --warnings -l "$prefix/share/man/man1/weft.1" 2>&1 >/dev/null)
  [[ -z $complaints ]] || fail "the manual: $complaints"
fi

cmake -S "$sources" -B "$work/consumer" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" \
  >"$work/log" || { cat "$work/log"; fail "find_package(weft)"; }
cmake --build "$work/consumer" >"$work/log" || { cat "$work/log"; fail "building against the library"; }
(cd "$work" && consumer/consumer) || fail "the program built against the library"
