#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot-uml.sh [-t SECONDS] RUN COMMAND...: boot the UML kernel as an ordinary
# process, run COMMAND in it and exit with its status; 125 if the guest did
# not report its end. RUN is a folder that the guest can write to; it gets
# console.log, output (COMMAND's stdout), dmesg and status.
source "$(dirname "$0")/lib.sh"

limit=900
if [[ ${1:-} == -t ]]; then
	limit=$2
	shift 2
fi
(($# >= 2)) || die "usage: boot-uml.sh [-t SECONDS] RUN COMMAND..."
run=$(cd "$1" && pwd -P)
shift
kernel=${UML_KERNEL:-$build/linux}
mem=${UML_MEM:-1024}	# MB; the JIT reaches 1800
[[ -x $kernel ]] || die "no UML kernel at $kernel: make build"

# The guest's memory is a file: on tmpfs, if one has the room (Docker's has 64 MB)
tmp=
for dir in "${TMPDIR:-/dev/shm}" /dev/shm /tmp "$run"; do
	free=$(df -Pm "$dir" 2>/dev/null | awk 'END { print $4 + 0 }')
	if [[ -w $dir ]] && ((free > mem)); then
		tmp=${tmp:-$dir}
		[[ $(stat -f -c %T "$dir") != tmpfs ]] || { tmp=$dir; break; }
	fi
done
[[ $tmp ]] || die "no $mem MB free for the guest's memory in /dev/shm, /tmp, $run: free some, or set TMPDIR"

nonce=$(</proc/sys/kernel/random/uuid)
tty=0	# the console goes through tee, so the guest cannot tell by itself
[[ -t 2 && ${TERM:-dumb} != dumb ]] && tty=1
rm -rf "$run"/{status,stop,booted,output,dmesg}
mkdir -p "$run/uml"
{
	printf 'export HOOKCOST_TARGET=uml\n'
	printf 'export HOOKCOST_TOP=%q HOOKCOST_OUT=%q\n' "$top" "$out"
	printf 'export HOOKCOST_MODULES=%q KSRC=%q\n' "$out/modules" "$src"
	printf 'export HOOKCOST=%q\n' "$out/userspace/hookcost"
	printf 'export HOOKCOST_RUN=%q HOOKCOST_TTY=%q\n' "$run" "$tty"
	printf 'export TERM=%q COLUMNS=%q\n' "${TERM:-dumb}" "$(tput cols 2>/dev/null || echo 80)"
} >"$run/env"
printf '%q ' "$@" >"$run/command"

args=(
	"mem=${mem}M" umid="hookcost-$nonce" uml_dir="$run/uml/"
	root=/dev/root rootfstype=hostfs rootflags=/ ro init="$top/scripts/guest-init.sh"
	con=null "con0=null,fd:1" ssl=null stderr=1 quiet
	hookcost_run="$run" hookcost_share="hostfs:none:$run" hookcost_nonce="$nonce"
)
ulimit -c 0
exec {console}> >(exec tee -i "$run/console.log")
tee_pid=$!
# A session of its own: a panic signals its whole process group
TMPDIR=$tmp setsid timeout -k 10 "$limit" "$kernel" "${args[@]}" </dev/null >&"$console" 2>&1 &
pid=$!
exec {console}>&-

# First Ctrl-C: the guest ends its command and so keeps what it has; second: it is killed
interrupt() {
	[[ ! -e $run/stop ]] || kill "$pid" 2>/dev/null
	touch "$run/stop"
}
trap interrupt INT TERM HUP

clean_up() {
	kill -KILL -- "-$pid" 2>/dev/null || :
	rm -rf "$run/uml"
}
trap clean_up EXIT
rc=0
while kill -0 "$pid" 2>/dev/null; do
	rc=0
	wait "$pid" || rc=$?
done
clean_up
wait "$tee_pid" || :

if [[ -e $run/status ]]; then
	read -r word status <"$run/status" || :
	[[ $word != "$nonce" || ! $status =~ ^[0-9]+$ ]] || exit "$status"
fi
why="ended with status $rc"
((rc != 124 && rc != 137)) || why="was stopped after $limit s"
! panic=$(grep -m 1 -o 'Kernel panic.*' "$run/console.log") || why="had a $panic"
printf 'hookcost: the UML guest %s, its command did not end: %s\n' "$why" "$run/console.log" >&2
exit 125
