#!/usr/bin/env bash
# Kills `weft train` with SIGKILL at random moments, resumes it each time, and compares the model with
# that of a run that was left alone.
#
#   tests/kill_resume.sh PROGRAM [KILLS [SEED [DATA]]]
#
# Prints how often it was killed and both digests; fails when they differ.
set -euo pipefail

program=$1 kills=${2:-50} seed=${3:-1} data=${4:-fashion-mnist}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
options=(--data "$data" --preset mlp --seed 3 --epochs 20)

"$program" train "${options[@]}" --out "$folder/whole" >/dev/null 2>&1

RANDOM=$seed
killed=0 finished=0 fresh=0
cut=$folder/cut
while ((killed < kills)); do
  if [[ -e $cut/config.json ]]; then
    command=(train --resume "$cut")
  else
    command=(train "${options[@]}" --out "$cut")
    ((++fresh))
  fi
  "$program" "${command[@]}" >/dev/null 2>&1 &
  child=$!
  # Up to a second: from before the data is read to within the third or fourth epoch after it.
  sleep "$(printf '0.%03d' $((RANDOM % 1000)))"
  if kill -KILL "$child" 2>/dev/null; then
    wait "$child" 2>/dev/null || true
    ((++killed))
  else
    wait "$child"
  fi
  # A run that came to its end between two kills is begun anew, so that every kill hits one at work.
  if [[ -e $cut/model.safetensors ]]; then
    ((++finished))
    cmp "$cut/model.safetensors" "$folder/whole/model.safetensors"
    rm -r "$cut"
  fi
done
if [[ ! -e $cut/config.json ]]; then
  "$program" train "${options[@]}" --out "$cut" >/dev/null 2>&1
else
  "$program" train --resume "$cut" >/dev/null 2>&1
fi
leftovers=$(find "$cut" -name '*.tmp')
[[ -z $leftovers ]] || { echo "kill_resume: left behind: $leftovers" >&2; exit 1; }
sha256sum "$cut/model.safetensors" "$folder/whole/model.safetensors" | sed "s|$folder/||"
cmp "$cut/model.safetensors" "$folder/whole/model.safetensors"
echo "kill_resume: killed $killed times, begun $fresh times, came to its end $finished times before the last: the bytes are the same"
