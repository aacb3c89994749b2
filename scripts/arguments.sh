#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by bench.sh, bench-off.sh and test.sh: ARGS, DEVICE, BENCH and TESTS are looked at
# before anything is built, by the sources of what will take them.
# shellcheck disable=SC2154 # lib.sh's

# "NAME LETTER ARGUMENT" of each option of hookcost run; no argument: NULL
run_options() {
	sed -nE "s/^\t\{ \"([a-z-]+)\", '(.)', (NULL|\"[^\"]+\"), .*/\1 \2 \3/p" "$top/userspace/cmd/run.c"
}

bench_names() { sed -n 's/^BENCH(\([a-z0-9_]*\)),$/\1/p' "$top/userspace/bench/benches.def"; }

# As the tool's bench_is(): figure14 is figure14a and figure14b
is_bench() {
	[[ $1 == all ]] || grep -qx -- "$1" <<<"$2" || { [[ $1 == figure* ]] && grep -qx -- "$1[a-z]" <<<"$2"; }
}

check_benches() {
	local names name list

	names=$(bench_names)
	read -r -d '' -a list <<<"${BENCH:-}" || :
	for name in "${list[@]}"; do
		[[ $name =~ ^[a-z0-9]+$ ]] && is_bench "$name" "$names" ||
			die "BENCH: there is no bench \"$name\"; there are all ${names//$'\n'/ }"
	done
}

test_names() { make -s -C "$top/selftests" list | sed 's/^hookcost://' | sort -u; }

check_tests() {
	local names name list

	names=$(test_names)
	read -r -d '' -a list <<<"${TESTS:-}" || :
	for name in "${list[@]}"; do
		[[ $name == all ]] || grep -qxF -e "$name" -e "$name.sh" <<<"$names" ||
			die "TESTS: there is no test \"$name\"; there are all ${names//$'\n'/ }"
	done
}

# A guest has none of this machine's netdevs
check_device() {
	[[ $1 != veth && $1 != mlx5 ]] || return 0
	if [[ $target == host ]]; then
		[[ -e /sys/class/net/${1#nic:} ]] || die "DEVICE=$1: this machine has no such netdev; there are veth, mlx5" \
			"$(cd /sys/class/net && echo *)"
	else
		[[ $1 =~ ^(nic:)?eth[0-9]$ ]] || die "DEVICE=$1: a guest has veth, mlx5, and mlx5's netdevs eth0 and eth1;" \
			"for one of this machine's, TARGET=host"
	fi
}

# check_output OPTION FILE: of the user's, that is to be written at the end
check_output() {
	[[ $2 != - ]] || die "--$1 -: make bench prints other things there; name a file"
	if [[ -e $2 ]]; then
		[[ ! -d $2 && -w $2 ]] || die "--$1 $2: cannot be written to"
	else
		[[ -d $(dirname -- "$2") && -w $(dirname -- "$2") ]] || die "--$1 $2: no file can be made there"
	fi
}

# Sets options from ARGS, by their long names; but for files of this machine's, which a guest
# cannot reach: json_file, text_file and baseline_file
parse_args() {
	local text words=() long=() short='' name letter argument
	declare -A long_of=() takes=()

	options=() json_file='' text_file='' baseline_file=''
	# what was told before the word that has no end is not wanted
	text=$(xargs -r printf '%s\n' <<<"${ARGS:-}" 2>&1) ||
		{ text=${text##*xargs: }; die "ARGS=$ARGS: ${text%%$'\n'*}"; }
	[[ ! $text ]] || mapfile -t words <<<"$text"
	while read -r name letter argument; do
		long_of[$letter]=$name takes[$name]=
		[[ $argument == NULL ]] || takes[$name]=:
		long+=("$name${takes[$name]}")
		short+=$letter${takes[$name]}
	done < <(run_options)
	text=$(getopt -n ARGS -o "$short" -l "$(IFS=,; echo "${long[*]}")" -- "${words[@]}" 2>&1 >/dev/null) ||
		die "ARGS: ${text#ARGS: }; there are --${long[*]%:}"
	eval "words=($(getopt -o "$short" -l "$(IFS=,; echo "${long[*]}")" -- "${words[@]}"))"
	set -- "${words[@]}"
	while [[ $1 != -- ]]; do
		name=${1#--}
		[[ $1 == --* ]] || name=${long_of[${1#-}]}
		case $name in
		json) json_file=$2 ;;
		text) text_file=$2 ;;
		baseline) baseline_file=$2 ;;
		*)
			options+=("--$name")
			[[ ! ${takes[$name]} ]] || options+=("$2")
			[[ $name != device ]] || check_device "$2"
			;;
		esac
		shift
		[[ ! ${takes[$name]} ]] || shift
	done
	shift
	((!$#)) || die "ARGS has options of hookcost run; \"$1\" is none (benches are named in BENCH)"
	[[ ! $json_file ]] || check_output json "$json_file"
	[[ ! $text_file ]] || check_output text "$text_file"
	[[ ! $baseline_file || ( -f $baseline_file && -r $baseline_file ) ]] || die "--baseline $baseline_file: cannot be read"
	if [[ ${DEVICE:-} ]]; then
		check_device "$DEVICE"
		options+=(--device "$DEVICE")
	fi
}
