#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Corrupt debugfs tables: the tool names the file and refuses it, instead of a wrong number

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches

copy="$work/hookcost"
export HOOKCOST_DEBUGFS=$copy

# A folder of ordinary files that hold what the kernel shows, and a little more
fresh_copy() {
	local file

	rm -rf "$copy"
	mkdir -p "$copy/hooks"
	for file in enable clock device native hooks/{xdp,tc,sk_skb,udp,tcp}; do
		cat "$hooks/$file" >"$copy/$file"
	done
	: >"$copy/reset"
	cat >"$copy/hooks/udp" <<-EOF
		hookcost 2 hook udp
		enabled 1
		clock plain 2000000
		unstamped 3
		unsited 0
		backward 0
		phase reach reads 1 count 3 sum 250 min 60 max 110
		b 60 60 1
		b 80 81 1
		b 110 111 1
		phase floor reads 1 count 3 sum 66 min 22 max 22
		b 22 22 3
	EOF
}

reads_hooks() { run 0 "$tool" hooks --hook udp --interval 0.01 --duration 0.03; }
reads_native() { run 0 "$tool" native; }
# for the shell's completion
names_native() {
	run 0 "$tool" list --names program || return
	diff <(awk '$1 == "program" { print $2 }' "$HOOKCOST_DEBUGFS/native") "$work/out" &&
		{ [[ -s $work/out ]] || ! has_module hookcost_native; }
}

reads_changed() {
	fresh_copy
	sed -i "$1" "$copy/hooks/udp"
	reads_hooks
}

# corrupt FILE SED-SCRIPT: with it, and only with it, the reader of that file fails
corrupt() {
	local file=$1 script=$2 command

	command=(native)
	[[ $file == native ]] || command=(hooks --hook udp --interval 0.01 --duration 0.03)
	fresh_copy
	run 0 "$tool" "${command[@]}" || return
	sed -i "$script" "$copy/$file"
	refused "$file" "${command[@]}"
}

# The tool fails; that it shows no times on a debug kernel or an emulated CPU is not why
fails() {
	run 1 timeout 20 "$tool" "$@" || return
	sed -i '/: no times are shown: /d' "$work/err"
}

# refused FILE COMMAND...: the file that is wrong is named, in one line
refused() {
	local file=$1
	shift

	fails "$@" || return
	said "corrupt table $copy/$file"
}

# replaced FILE TEXT: TEXT as printf takes it
replaced() {
	fresh_copy
	# shellcheck disable=SC2059
	printf "$2" >"$copy/$1"
	if [[ $1 == native ]]; then
		refused "$1" native
	else
		refused "$1" hooks --hook udp --interval 0.01 --duration 0.03
	fi
}

garbage() {
	fresh_copy
	head -c 100000 /dev/urandom >"$copy/$1"
	refused "$1" hooks --hook udp --interval 0.01 --duration 0.03
}

absent() {
	fresh_copy
	rm "$copy/hooks/udp"
	fails hooks --hook udp --interval 0.01 --duration 0.03 || return
	said "$copy/hooks/udp"
}

ktap_print_header
fresh_copy
test_that "the copy itself is read: hooks" reads_hooks
test_that "the copy itself is read: native" reads_native
test_that "and its programs are listed by name" names_native

test_that "empty" replaced hooks/udp ""
test_that "random bytes" garbage hooks/udp
test_that "a NUL byte" replaced hooks/udp 'hookcost 2 hook udp\n\0\n'
test_that "cut short" corrupt hooks/udp '$d'
test_that "the last line has no end" replaced hooks/udp 'hookcost 2 hook udp'
test_that "another version" corrupt hooks/udp '1s/2/3/'
test_that "another hook's table" corrupt hooks/udp '1s/udp/tcp/'
test_that "enabled 2" corrupt hooks/udp 's/^enabled 1/enabled 2/'
test_that "a clock of 0 kHz" corrupt hooks/udp 's/2000000/0/'
test_that "an unknown clock" corrupt hooks/udp 's/plain/atomic/'
test_that "a negative number" corrupt hooks/udp 's/^unstamped 3/unstamped -3/'
test_that "a number beyond 64 bits" corrupt hooks/udp 's/^unstamped 3/unstamped 18446744073709551616/'
test_that "a word for a number" corrupt hooks/udp 's/count 3/count three/'
test_that "a phase is missing" corrupt hooks/udp '/^phase floor/,$d'
test_that "an unknown phase" corrupt hooks/udp 's/^phase floor/phase ceiling/'
test_that "phases in another order" corrupt hooks/udp 's/^phase reach/phase floor/'
test_that "a phase twice" corrupt hooks/udp '$p;/^phase floor/p'
test_that "buckets that do not add up" corrupt hooks/udp 's/^b 60 60 1/b 60 60 2/'
test_that "a bucket is missing" corrupt hooks/udp '/^b 80/d'
test_that "an empty bucket" corrupt hooks/udp 's/^b 80 81 1/b 80 81 0/'
test_that "a reversed bucket" corrupt hooks/udp 's/^b 80 81/b 81 80/'
test_that "buckets that overlap" corrupt hooks/udp 's/^b 80 81/b 60 81/'
# while a hook is on, these may be ahead of the buckets
off='s/^enabled 1/enabled 0/'
test_that "the hook is off" reads_changed "$off"
test_that "a minimum outside its bucket" corrupt hooks/udp "$off;s/min 60/min 61/"
test_that "a maximum outside its bucket" corrupt hooks/udp "$off;s/max 110/max 112/"
test_that "a sum that is too small" corrupt hooks/udp "$off;s/sum 250/sum 179/"
test_that "a sum that is too large" corrupt hooks/udp "$off;s/sum 250/sum 331/"
test_that "an extra field" corrupt hooks/udp 's/^backward 0/backward 0 0/'
test_that "text after the end" corrupt hooks/udp '$s/$/\nend/'
test_that "no table at all" absent

test_that "native: empty" replaced native ""
test_that "native: another version" corrupt native '1s/2/7/'
test_that "native: no active program" corrupt native '/^active/d'
test_that "native: a word for its argument" corrupt native 's/^arg 0/arg none/'
test_that "native: a program without its owner" corrupt native '$s/ owner .*//'
test_that "native: an unknown line" corrupt native '$s/program/function/'
test_that "native: a number beyond 64 bits" corrupt native '$s/max [0-9]*/max 99999999999999999999/'
finish
