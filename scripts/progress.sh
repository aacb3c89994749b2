#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by lib.sh: how far a step is. On a terminal in one line that is written anew each
# second, elsewhere (or at TERM=dumb) in a line each half minute, without escape codes.
# shellcheck disable=SC2154 # lib.sh's

on_terminal() { [[ -t 1 && ${TERM:-dumb} != dumb ]]; }

objects_in() { grep -cE '^ +(HOST)?(CC|AS|BPF)( \[M\])? ' "$1" 2>/dev/null || :; }

# past NAME: "OBJECTS SECONDS", how much that step is when all of it is to be done: as it was
# here, else as config/objects.txt has it. 0: not known
past() {
	local file=$cache/logs/${1// /-}-$variant.whole objects=0 seconds=0

	if [[ -e $file ]]; then
		read -r objects seconds <"$file" || :
	else
		objects=$(awk -v name="$1" -v variant="$variant" -F '\t' '$1 == name &&
			($2 == "*" || index(variant, $2) == 1) { n = $3 } END { print n + 0 }' "$top/scripts/config/objects.txt")
	fi
	[[ $objects =~ ^[0-9]+$ && $seconds =~ ^[0-9]+$ ]] || objects=0 seconds=0
	echo "$objects $seconds"
}

# keep_past NAME LOG SECONDS: what it was now, unless less was to be done than before
keep_past() {
	local file=$cache/logs/${1// /-}-$variant.whole now was

	now=$(objects_in "$2")
	read -r was _ <<<"$(past "$1")"
	# a whole build may have become smaller by a few
	((now < was * 9 / 10)) || echo "$now $3" 2>/dev/null >"$file" || :
}

# in_words SECONDS
in_words() {
	if (($1 < 90)); then
		echo "$1 s"
	else
		echo "$((($1 + 30) / 60)) min"
	fi
}

# how_far OBJECTS OF SECONDS BEFORE WHOLE: of a step that has made OBJECTS of about OF in
# SECONDS, and took BEFORE seconds when it was done whole. WHOLE: all of it is to be done now
how_far() {
	local objects=$1 of=$2 seconds=$3 before=$4 whole=$5

	if ((objects == 0)); then
		((before < 5 || of > 0)) || echo ", $(in_words "$before") the last time"
	elif ((of < objects)); then
		echo ", $objects objects"
	elif [[ ! $whole ]]; then
		echo ", $objects of at most $of objects"
	elif ((seconds < 10 || objects * 50 < of)); then
		echo ", $objects of about $of objects"
	else
		echo ", $objects of about $of objects, some $(in_words $((seconds * (of - objects) / objects + 1))) left"
	fi
}

ticker() {
	local name=$1 log=$2 whole=${3:-} start=$SECONDS every=${HOOKCOST_TICK:-30} line of before seconds

	# its last sleep outlives it, and must not hold the cache's lock
	exec 9>&-
	on_terminal && every=1
	read -r of before <<<"$(past "$name")"
	while sleep "$every" && kill -0 "$$" 2>/dev/null; do
		seconds=$((SECONDS - start))
		line="$name: $seconds s$(how_far "$(objects_in "$log")" "$of" "$seconds" "$before" "$whole")"
		line+=", log: $log"
		if on_terminal; then
			printf '\r\033[K%s' "${line:0:$(tput cols 2>/dev/null || echo 80) - 1}"
		else
			printf '%s\n' "$line"
		fi
	done
}
