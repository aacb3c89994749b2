#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make shell, typed at by a pty (script(1)): in KTAP, one boot of the target
source "$(dirname "$0")/lib.sh"

work=$(mktemp -d /tmp/hookcost-shell-XXXXXX)
# a home that is not the user's, and a folder whose name has to be quoted
home=$work/home folder="$work/a b,c:d"
mkdir "$home" "$folder"
echo before >"$folder/file"
echo "export HAS_BASHRC=1" >"$home/.bashrc"
seen=$work/seen number=0 bad=0
mkfifo "$work/keys"
touch "$seen"

finish() {
	exec {keys}>&- || :
	[[ ! $pid ]] || kill "$pid" 2>/dev/null || :
	rm -rf "$work"
}
pid=
trap finish EXIT
trap 'exit 1' INT TERM HUP
trap '' PIPE

# result NAME STATUS: what was seen last is shown if it failed
result() {
	if (($2 == 0)); then
		echo "ok $((++number)) $1"
		return
	fi
	bad=1
	echo "not ok $((++number)) $1"
	tail -n 12 "$seen" | cat -v | sed 's/^/# | /'
}

# sees REGEX [SECONDS]: in what is printed after the last that was seen
from=1
sees() {
	local end=$((SECONDS + ${2:-30})) line

	until line=$(tail -c "+$from" "$seen" | grep -a -b -m 1 -E -- "$1"); do
		((SECONDS < end)) && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
	from=$((from + ${line%%:*} + 1))
}

type_in() { printf '%s' "$1" >&"$keys"; }
# answers NAME COMMAND REGEX: of a line that the command prints, not of its echo
answers() {
	local rc=0

	type_in "$2"$'\n'
	sees "^($3)"$'\r?$' || rc=1
	result "$1" "$rc"
}

echo "TAP version 13"
HOME=$home HOOKCOST_CACHE=$cache DIR=$folder TERM=dumb \
	script -qefc "$top/scripts/shell.sh" "$work/typescript" <"$work/keys" >"$seen" 2>&1 &
pid=$!
exec {keys}>"$work/keys"

rc=0
sees "hookcost-$target:" 600 || rc=1
result "a prompt" "$rc"
((rc == 0)) || { echo "1..$number"; exit 1; }
answers "a command" 'echo $((40 + 2)) is it' '42 is it'
answers "it is the guest" 'cat /proc/1/comm' 'guest-init\.sh'
answers "the tool is in PATH" 'hookcost list | grep -c "needs:"' '[0-9]+'
answers "the hooks are there" 'ls /sys/kernel/debug/hookcost/enable' '/sys.*'
answers "the modules are loaded" 'ls -1d /sys/module/hookcost_{kfunc,native}' '/sys/module/hookcost_native'
answers "mlx5 over mlx5sim" 'basename $(readlink /sys/class/net/eth0/device/driver)' 'mlx5_core'
answers "it has read the user's ~/.bashrc" 'echo "has $HAS_BASHRC"' 'has 1'

type_in $'sleep 1000\n'
sleep 1
type_in $'\003'
answers "Ctrl-C ends the command, not the shell" 'echo status $?' 'status 130'
type_in $'sleep 1000\n'
sleep 1
# what comes before the command has begun is not for it
rc=1
for ((i = 0; rc && i < 10; i++)); do
	type_in $'\032'
	! sees Stopped 3 || rc=0
done
result "Ctrl-Z stops it" "$rc"
answers "bg and jobs" 'bg; jobs' '.*Running.*sleep 1000.*'
answers "it can be killed" 'kill %1; wait %1; echo status $?' 'status 143'
answers "a pty in it" 'script -qec "tty" /dev/null' '/dev/pts/[0-9]+'

answers "it begins in the folder" 'pwd' "$folder"
answers "whose files can be read" 'cat file' before
answers "and written" 'echo after >file; echo new >more; cat file more | tr "\n" " "; echo' 'after new '
answers "so can the home" 'echo new >~/more && cat ~/more' new
answers "the host's /tmp is there" "cat $work/home/.bashrc" 'export HAS_BASHRC=1'
answers "and can be written" 'echo x >/tmp/hookcost-in-guest && cat /tmp/hookcost-in-guest' x
answers "the rest is not" 'echo x >/usr/hookcost 2>/dev/null || echo refused' refused
answers "a bench runs" 'hookcost run jitcheck --quick --batches 2 --quiet | grep -c "^  "' '[0-9]+'
answers "what is to be kept" 'echo kept >$KEEP/numbers; cat $KEEP/numbers' kept

answers "a command that fails" 'echo last; false' last
for ((i = 0; i < 20; i++)); do
	sleep 1
	type_in $'\004' 2>/dev/null || break
	sleep 4
	kill -0 "$pid" 2>/dev/null || break
done
rc=0
wait "$pid" || rc=$?
pid=
result "Ctrl-D ends it, with status 0" "$rc"
now=$(cat "$folder/file"; find "$folder" "$home" -type f -newer "$work/keys"; ls /tmp/hookcost-in-guest 2>/dev/null || :)
rc=0
[[ $now == before ]] || { rc=1; echo "$now" >>"$seen"; }
result "nothing of the host's has changed" "$rc"
kept=$(sed -n 's/^hookcost: kept: \(.*\)/\1/p' "$seen" | tr -d '\r') || kept=
rc=0
[[ $kept && $(cat "$kept/numbers") == kept ]] || rc=1
result "what was kept is there" "$rc"
[[ ! $kept ]] || rm -rf "${kept:?}"
rc=0
[[ -z $(find "$cache/run" -maxdepth 1 -name 'shell-*' -newer "$work/keys") ]] || rc=1
result "and no more" "$rc"
rc=0
text=$("$top/scripts/shell.sh" </dev/null 2>&1) || rc=$?
[[ $rc != 0 && $text == "hookcost: make shell needs a terminal"* && $text != *$'\n'* ]] && rc=0 || rc=1
result "without a terminal: one line" "$rc"
echo "1..$number"
exit "$bad"
