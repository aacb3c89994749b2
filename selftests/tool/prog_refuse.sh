#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog: captures of all kinds, and what cannot be measured: one line
# each, exit status 1, and nothing is left behind.

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

json="$work/result.json"
costs="$here/prog_costs.bpf.o"
"$here/prog_captures" "$work" || exit 1

prog() {
	local status=$1
	shift

	run "$status" "$tool" prog --quiet --brief --batches 1 --json "$json" "$@"
}

# verdicts VERDICT N: of the capture's frames, whose rows are all of them
verdicts() {
	jq -e --arg verdict "$1" --argjson n "$2" '[.benches[0].tables[] | select(.key == "frames").rows[] |
		select(.cells.verdict == $verdict)] | length == $n' "$json" >/dev/null ||
		{ echo "not $2 of $1"; jq -c '.benches[0].tables[].rows[].cells' "$json"; return 1; }
}

# refused REGEX ARGUMENT...: in one line
refused() {
	local regex=$1
	shift

	prog 1 "$@" && said "$regex"
}

# capture NAME PACKETS LEFT-OUT
capture() {
	prog 0 "$costs" -p nothing --pcap "$work/$1" || return
	jq -e --argjson n "$2" --argjson out "$3" '.benches[0].facts.frames |
		.packets == $n and ([.left_out[]] | add // 0) == $out' "$json" >/dev/null ||
		{ echo "$1:"; jq -c '.benches[0].facts' "$json"; return 1; }
}

formats() {
	local name

	for name in mix.pcap nanosecond.pcap swapped.pcap mix.pcapng swapped.pcapng; do
		capture "$name" 6 0 || return
	done
}

left_out() {
	capture snap.pcap 2 4 && capture jumbo.pcap 6 1 && capture runts.pcap 6 2 &&
		capture truncated.pcap 5 0 || return
	jq -e '.benches[0].facts.frames.cut | test("ends after frame 5")' "$json" >/dev/null
}

# memory FILE: the most that the tool had, in kB
memory() {
	"$here/peak" "$work/peak" "$tool" prog --quiet --brief --batches 6 --json "$json" "$costs" -p nothing \
		--pcap "$1" >"$work/out" 2>"$work/err" || { cat "$work/err" >&2; return 1; }
	cat "$work/peak"
}

# A million frames may take 300 MB, so that one takes 290 bytes; each packet is run
large() {
	local few many begin=$SECONDS

	few=$(memory "$work/mix.pcap") && "$here/prog_captures" "$work/many.pcap" "$capture_frames" &&
		many=$(memory "$work/many.pcap") || return
	rm "$work/many.pcap"
	echo "$capture_frames frames: $many kB, $few kB for 6, $((SECONDS - begin)) s"
	((many - few <= capture_frames * 290 / 1000)) || return
	jq -e --argjson n "$capture_frames" '.benches[0] | .facts.frames.packets == $n and
		(.tables[] | select(.key == "cost").rows[0] | .validity != "invalid" and .cells.packets >= $n)' "$json" >/dev/null
}
capture_frames=${HOOKCOST_CAPTURE_FRAMES:-100000}

captures() {
	refused 'zero.pcap: no frames$' "$costs" -p nothing --pcap "$work/zero.pcap" &&
		refused 'only_runts.pcap: no frame can be used; 3 are shorter' "$costs" -p nothing --pcap "$work/only_runts.pcap" &&
		refused 'cooked.pcap: frames are LINUX_SLL, not Ethernet' "$costs" -p nothing --pcap "$work/cooked.pcap" &&
		refused 'header.pcap: ' "$costs" -p nothing --pcap "$work/header.pcap" &&
		refused 'nothing.pcap: ' "$costs" -p nothing --pcap "$work/nothing.pcap" &&
		refused 'text.pcap: unknown file format' "$costs" -p nothing --pcap "$work/text.pcap" &&
		refused 'absent.pcap: No such file' "$costs" -p nothing --pcap "$work/absent.pcap"
}

objects() {
	refused 'several programs; name one by --program: nothing, empty, ' "$costs" &&
		refused 'there is no program "absent"; there are nothing, empty, ' "$costs" -p absent &&
		refused 'absent.o: No such file' "$work/absent.o" &&
		refused 'text.pcap: it is no eBPF object' "$work/text.pcap" &&
		refused 'the verifier rejects rejected: .*outside of the packet' "$costs" -p rejected &&
		refused 'the verifier rejects too_long: BPF program is too large. Processed 1000001 insn' "$costs" -p too_long &&
		refused 'the verifier rejects many_maps: .*maps per program.* limit of 64' "$here/prog_many.bpf.o" &&
		refused 'socket_filter is a program of type socket_filter, none for XDP' "$costs" -p socket_filter &&
		refused 'replaces is a freplace' "$costs" -p replaces &&
		refused 'hookcost_no_such_kfunc' "$here/prog_extern.bpf.o" &&
		refused 'section "my_own_section" of homeless does not say' "$here/prog_map.bpf.o" -p homeless &&
		refused "cannot load homeless: .*huge" "$here/prog_map.bpf.o" -p homeless --hook xdp
}

loaded() {
	refused '--id 4294967295: there is no such program' --id 4294967295 &&
		refused '--id x: ?|takes a program' --id x &&
		refused '--pinned /sys/fs/bpf/absent: No such file' --pinned /sys/fs/bpf/absent
}

# Nearly a million instructions for the verifier
large_program() {
	prog 0 "$costs" -p long_enough || return
	jq -e '.benches[0].tables[] | select(.key == "inside").rows[0].cells.verified > 500000' "$json" >/dev/null ||
		{ jq -c '.benches[0].tables[] | select(.key == "inside").rows' "$json"; return 1; }
}

# Compiled without -g; a program without maps does not need it
no_types() {
	local objcopy

	objcopy=$(compgen -c llvm-objcopy | sort -V | tail -n 1)
	[[ $objcopy ]] || { echo "no llvm-objcopy"; return "$KSFT_SKIP"; }
	"$objcopy" --remove-section=.BTF{,.ext} --remove-section=.rel.BTF{,.ext} "$here/prog_many.bpf.o" "$work/maps.o" &&
		"$objcopy" --remove-section=.BTF{,.ext} --remove-section=.rel.BTF{,.ext} "$here/prog_swap.bpf.o" "$work/none.o" || return
	refused 'maps.o: it is no eBPF object that libbpf can read: BTF is required' "$work/maps.o" &&
		prog 0 "$work/none.o" --pcap "$work/mix.pcap" && verdicts XDP_TX 6
}

maps() {
	echo '[{"key": 1, "value": {"verdict": 1, "no_such": 2}}]' >"$work/member.json"
	echo '[{"key": ["0x01"], "value": {"verdict": 1}}]' >"$work/short.json"
	echo '{"error": "x"}' >"$work/object.json"
	echo '[{' >"$work/broken.json"
	seq 1 20 | jq -s 'map({key: ., value: {verdict: 1}})' >"$work/many.json"
	refused 'element 0: it has no member "no_such"' "$costs" -p ruled --map rules="$work/member.json" &&
		refused 'element 0: 4 bytes are needed' "$costs" -p ruled --map rules="$work/short.json" &&
		refused 'no array of elements' "$costs" -p ruled --map rules="$work/object.json" &&
		refused 'no array of elements' "$costs" -p ruled --map rules="$work/broken.json" &&
		refused 'element 16: .*more elements than the map' "$costs" -p ruled --map rules="$work/many.json" &&
		refused 'absent.json: No such file' "$costs" -p ruled --map rules="$work/absent.json" &&
		refused 'no_such=.*: no object has anything of that name' "$costs" -p ruled --map no_such="$work/many.json" &&
		refused 'rules=@/sys/fs/bpf/absent: No such file' "$costs" -p ruled --map rules=@/sys/fs/bpf/absent
}

options() {
	refused '--frame takes udp, tcp, udp6 or tcp6:BYTES' "$costs" -p nothing --frame udp:20 &&
		refused '--frame takes udp, tcp, udp6 or tcp6:BYTES' "$costs" -p nothing --frame sctp:100 &&
		refused '--frame takes udp, tcp, udp6 or tcp6:BYTES' "$costs" -p nothing --frame tcp:99999 &&
		refused '--budget takes a number' "$costs" --budget -1 &&
		refused '--max-regression needs --baseline' "$costs" --max-regression 5 &&
		refused '--hook takes xdp' "$costs" -p nothing --hook kprobe &&
		refused 'exclude each other' "$costs" --pcap "$work/mix.pcap" --flows 3 &&
		refused 'no program: name an object' --pcap "$work/mix.pcap" &&
		refused 'nothing is for XDP, mark for TC' "$costs" -p nothing -p mark
}

# What a run could leave
there() { ls -d /tmp/*hookcost* /sys/fs/bpf/* 2>/dev/null; cat /proc/self/mounts; "$here/bpf_count"; }
leftovers() { [[ $(there) == "$before" ]] || { diff <(echo "$before") <(there); return 1; }; }

before=$(there)
ktap_print_header
test_that "captures: pcap, pcapng, nanoseconds, swapped byte order" formats
test_that "captures: frames that are left out are counted" left_out
test_that "captures: what is none gets one line" captures
test_that "captures: $capture_frames frames, each in its memory" large
test_that "objects: what is missing gets one line" objects
test_that "objects: one that is nearly too large" large_program
test_that "objects without type information" no_types
test_that "programs that are loaded: there is none" loaded
test_that "maps: what does not fit gets one line" maps
test_that "options" options
test_that "nothing is left" leftovers
finish
