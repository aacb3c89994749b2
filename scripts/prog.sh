#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make prog ARGS="FILE.o ...", or prog.sh FILE.o ...: hookcost prog in the guest (TARGET=uml or
# vm), which needs neither root nor a special kernel, or on this machine (TARGET=host). Exit
# status: the tool's, which make turns into 2. Files are named as they are seen from DIR, by
# default from where one is; --json FILE is written there.
source "$(dirname "$0")/lib.sh"

dir=$(cd -- "${DIR:-$PWD}" 2>/dev/null && pwd -P) || die "DIR=$DIR: no such folder"
if ((!$#)) && [[ ${ARGS:-} ]]; then
	text=$(xargs -r printf '%s\n' <<<"$ARGS" 2>&1) || die "ARGS=$ARGS: ${text%%$'\n'*}"
	mapfile -t words <<<"$text"
	set -- "${words[@]}"
fi
(($#)) || die 'make prog: name a program: make prog ARGS="FILE.o --pcap FILE.pcap"'

# The one file that is written: a guest can do so in RUN only
args=()
json=
while (($#)); do
	case $1 in
	-j | --json)
		(($# > 1)) || die "$1: a file is missing"
		json=$2
		shift
		;;
	--json=*) json=${1#*=} ;;
	-j?*) json=${1#-j} ;;
	*) args+=("$1") ;;
	esac
	shift
done
if [[ $json && $json != - ]]; then
	[[ $json == /* ]] || json=$dir/$json
	[[ ! -d $json && -w $(dirname -- "$json") ]] || die "--json $json: no file can be made there"
fi

need_target
# within make test, whose guests run what is built
[[ ${HOOKCOST_BUILT:-} ]] || "$top/scripts/build.sh" >&2

mkdir -p "$cache/run"
run=$(mktemp -d "$cache/run/prog-XXXXXX")
trap 'rm -rf "$run"' EXIT
case $json in
'') ;;
-) args+=(--json -) ;;
*) args+=(--json "$run/result.json") ;;
esac
rc=0
# shellcheck disable=SC2016 # for the guest
"$top/scripts/boot-$target.sh" "$run" bash -c 'cd -- "$1" && exec hookcost prog "${@:2}"' prog "$dir" "${args[@]}" || rc=$?
[[ ! -s $run/result.json ]] || cat "$run/result.json" >"$json" || die "--json $json: not written"
((rc != 125)) || exit 1
exit "$rc"
