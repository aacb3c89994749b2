#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make shell: a shell in the guest (TARGET=uml or vm), with the modules loaded and the tool in
# PATH. It begins in DIR. That folder, the user's home and /tmp are the host's, and writable,
# but what is written stays in the guest and goes with it, see guest-shell.sh.
source "$(dirname "$0")/lib.sh"

[[ $target != host ]] || die "TARGET=host: make shell is for a guest; this machine has a shell"
[[ -t 0 && -t 1 ]] ||
	die "make shell needs a terminal; for one command: scripts/boot-$target.sh FOLDER COMMAND..."
dir=${DIR:-$PWD}
[[ -d $dir ]] || die "DIR=$dir: no such folder"
dir=$(cd "$dir" && pwd -P)
# within make test, whose guests run what is built
[[ ${HOOKCOST_BUILT:-} ]] || "$top/scripts/build.sh"

date=$(date +%Y%m%d-%H%M%S)
run=$cache/run/shell-$date
kept=$cache/results/kept-$date
mkdir -p "$run/keep"
rc=0
BOOT_SHELL=$dir "$top/scripts/boot-$target.sh" "$run" "$top/scripts/guest-shell.sh" || rc=$?
if [[ $(ls -A "$run/keep") ]]; then
	mv "$run/keep" "$kept"
	say "kept: $kept"
fi
((rc != 125)) || exit 1
rm -rf "$run"
