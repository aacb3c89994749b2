#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by boot-*.sh: what all launchers do (boot-host.sh has the machine itself for a
# guest). They take [-t SECONDS] RUN COMMAND..., run COMMAND in the guest and exit with its
# status; 125 if the guest did not report its end. RUN is a folder that the guest can write
# to, and is made; it gets console.log, output (COMMAND's stdout), dmesg and status, and with DEBUG=1
# kmemleak. BOOT_QUEUE=FOLDER is one for guest-tests.sh, which several guests may share.
# BOOT_SHELL=FOLDER: COMMAND gets the terminal, for as long as it likes, see shell.sh.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

limit=$run_limit

# found_in_guest WORD...: a line "FROM TAB TO" for each that is a file of the host's where a guest has
# folders of its own: the file, or, as it may have neighbours, its folder
found_in_guest() {
	local word folder

	for word; do
		[[ $word == /tmp/* || $word == /run/* || $word == /var/run/* ]] && [[ -e $word && $word != *$'\n'* ]] || continue
		folder=$(dirname -- "$word")
		[[ -d $word || $folder == /tmp || $folder == /run || $folder == /var/run ]] || word=$folder
		printf '%s\t%s\n' "$(realpath -- "$word")" "$word"
	done | sort -u
}

# boot_prepare ARGUMENT...: the launcher's; sets limit, run and nonce, and writes into
# RUN what guest-init.sh reads
boot_prepare() {
	local name
	local tty=0	# the console goes through tee, so the guest cannot tell by itself

	if [[ ${1:-} == -t ]]; then
		limit=${2:-}
		shift 2 || :
	fi
	(($# >= 2)) || die "usage: boot-$target.sh [-t SECONDS] RUN COMMAND..."
	[[ $limit =~ ^[0-9]+$ ]] || die "-t $limit: a number of seconds is needed"
	mkdir -p -- "$1" 2>/dev/null && [[ -w $1 ]] || die "RUN=$1: no folder that can be written to"
	run=$(cd -- "$1" && pwd -P)
	shift
	[[ $run != *[[:space:]]* ]] || die "the kernel takes no path with a space: '$run'"
	# a command's name may be of where we are, which is not where the guest is
	if [[ $1 == */* ]]; then
		[[ -x $1 && ! -d $1 ]] || die "$1: no program that can be run"
		set -- "$(realpath -s -- "$1")" "${@:2}"
	fi
	[[ ! -t 2 || ${TERM:-dumb} == dumb ]] || tty=1
	nonce=$(</proc/sys/kernel/random/uuid)

	rm -rf "$run"/{status,stop,booted,output,dmesg,kmemleak}
	{
		printf 'export HOOKCOST_TARGET=%q\n' "$target"
		printf 'export HOOKCOST_TOP=%q HOOKCOST_OUT=%q\n' "$top" "$out"
		printf 'export HOOKCOST_MODULES=%q KSRC=%q\n' "${HOOKCOST_MODULES:-$out/modules}" "$src"
		printf 'export HOOKCOST_KMODULES=%q\n' "${HOOKCOST_KMODULES:-$out/kmodules}"
		printf 'export HOOKCOST_FOUND=%q\n' "$(found_in_guest "$@")"
		printf 'export HOOKCOST_BARE=%q\n' "${HOOKCOST_BARE:-}"
		printf 'export HOOKCOST=%q\n' "$out/userspace/hookcost"
		printf 'export HOOKCOST_RUN=%q HOOKCOST_TTY=%q\n' "$run" "$tty"
		printf 'export TERM=%q COLUMNS=%q\n' "${TERM:-dumb}" "$(tput cols 2>/dev/null || echo 80)"
		[[ ! ${BOOT_SHELL:-} ]] || shell_env
		# how much some tests do
		for name in HOOKCOST_{CAPTURE_FRAMES,FRAMES,FUZZ_SECONDS,FUZZ_SEED,GATE_RUNS,HARD,SCALE} MLX5SIM_{LOADS,ROUNDS,PATIENCE,WARN}; do
			[[ ! ${!name:-} ]] || printf 'export %s=%q\n' "$name" "${!name}"
		done
	} >"$run/env"
	printf '%q ' "$@" >"$run/command"
}

# The size is that of now: a guest does not hear of changes
shell_env() {
	local rows columns

	read -r rows columns < <(stty size)
	printf 'export HOOKCOST_SHELL=%q HOOKCOST_HOME=%q\n' "$BOOT_SHELL" "${HOME:-/root}"
	printf 'export HOOKCOST_ROWS=%q HOOKCOST_COLUMNS=%q\n' "$rows" "$columns"
}

# First Ctrl-C: the guest ends its command and so keeps what it has; second: it is killed
interrupt() {
	[[ ! -e $run/stop ]] || kill "$pid" 2>/dev/null
	touch "$run/stop"
}

kill_guest() {
	kill -KILL -- "-$pid" 2>/dev/null || :
	rm -rf "$run/uml"
}

# boot_shell COMMAND...: the guest has the terminal, in raw mode, so that Ctrl-C is its own
boot_shell() {
	local saved terminal rc=0

	saved=$(stty -g)
	exec {terminal}<&0
	setsid "$@" <&"$terminal" &
	pid=$!
	trap kill_guest EXIT
	trap 'exit 129' TERM HUP
	trap : INT
	while kill -0 "$pid" 2>/dev/null; do
		rc=0
		wait "$pid" || rc=$?
	done
	kill_guest
	stty "$saved" <&"$terminal" || :
	report_end "$rc" ""
}

# report_end STATUS WHY: exits with what the guest has said, which a panic cannot fake: it
# writes the nonce when its command has ended
report_end() {
	local rc=$1 why=$2 word status panic

	if [[ -e $run/status ]]; then
		read -r word status <"$run/status" || :
		[[ $word != "$nonce" || ! $status =~ ^[0-9]+$ ]] || exit "$status"
	fi
	[[ $why ]] || why="ended with status $rc"
	! panic=$(grep -m 1 -o 'Kernel panic.*' "$run/console.log" 2>/dev/null) || why="had a $panic"
	printf 'hookcost: the %s %s %s, its command did not end: %s\n' "${target^^}" \
		"$([[ $target == host ]] && echo run || echo guest)" "$why" "$run/console.log" >&2
	exit 125
}

# boot COMMAND...: runs the guest, and exits
boot() {
	local console tee_pid rc=0 why='' begin=$SECONDS

	ulimit -c 0
	[[ ! ${BOOT_SHELL:-} ]] || boot_shell "$@"
	exec {console}> >(exec tee -i "$run/console.log" 8>&-)
	tee_pid=$!
	# A session of its own: UML's panic signals its whole process group. 8: boot-host.sh's.
	setsid timeout -k 10 "$limit" "$@" </dev/null >&"$console" 2>&1 8>&- &
	pid=$!
	exec {console}>&-
	trap interrupt INT TERM HUP
	trap kill_guest EXIT
	while kill -0 "$pid" 2>/dev/null; do
		rc=0
		wait "$pid" || rc=$?
	done
	kill_guest
	wait "$tee_pid" || :

	if ((SECONDS - begin >= limit)); then
		why="was stopped after $limit s"
	elif ((rc == 137)); then
		why="was killed"
	fi
	report_end "$rc" "$why"
}
