#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: mlx5_core is unloaded and loaded many times under traffic, and mlx5sim where it
# can be unloaded

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping modprobe
kmodules=${HOOKCOST_KMODULES:-/}
modprobe -d "$kmodules" -n mlx5_core || skip_all "no module mlx5_core below $kmodules: set HOOKCOST_KMODULES"
[[ -d /sys/module/mlx5_core/holders ]] || skip_all "mlx5_core is built in"

nothing_left() {
	local name n

	while read -r name n; do
		[[ $n != "${n%%[1-9]*}" ]] || continue
		echo "$name $n"
		return 1
	done <"$sim/port$1/objects"
}

# Without a driver the functions are as after power-on: the generator has no link to run on
driver_gone() {
	rmmod mlx5_core || return
	nothing_left 0 && nothing_left 1 || return
	same "link" "$(<$sim/port0/link)" 0 || return
	! echo 1 2>/dev/null >$sim/port0/gen/run || { echo "frames arrive without a driver"; return 1; }
}

driver_back() {
	modprobe -d "$kmodules" mlx5_core && take 0 && take 1 && await both_linked
}

many_drivers() {
	local i

	for ((i = 0; i < rounds; i++)); do
		generate
		driver_gone && driver_back || return
	done
	works || return
	[[ $(objects) == "$objects" ]] || { diff - <(objects) <<<"$objects"; return 1; }
	same "what there was of harm" "$(harm)" "$before"
}

ko=${HOOKCOST_MODULES:-}/mlx5sim.ko
model_goes() {
	[[ $(uname -m -v) != *User* && ! -e /proc/exitcode ]] ||
		{ echo "UML cannot take a region of MMIO away again"; return "$KSFT_SKIP"; }
	[[ -r $ko ]] || { echo "HOOKCOST_MODULES does not name the folder of mlx5sim.ko"; return "$KSFT_SKIP"; }
}

# The driver is there all the time, and has its devices taken away
many_models() {
	local i

	model_goes || return
	for ((i = 0; i < rounds; i++)); do
		generate
		rmmod mlx5sim || return
		[[ ! -d $sim ]] || { echo "$sim is left"; return 1; }
		insmod "$ko" && take 0 && take 1 && await both_linked || return
	done
	works || return
	same "splats" "$(harm | grep splats)" "$(grep splats <<<"$before")"
}

in_and_out() {
	local i

	for ((i = 0; i < ${MLX5SIM_LOADS:-20 * rounds}; i++)); do
		rmmod mlx5sim && [[ ! -d $sim ]] || { echo "round $i: not gone"; return 1; }
		insmod "$ko" && [[ -d $sim/port1 && $(pci 0) ]] || { echo "round $i: not there"; return 1; }
	done
}

# Without a driver that takes its time: the model alone, as many times more
models_alone() {
	local rc

	model_goes || return
	driver_gone || return
	in_and_out
	rc=$?
	((rc == 0)) || insmod "$ko" 2>/dev/null
	driver_back && works || return
	((rc == 0)) || return
	same "splats" "$(harm | grep splats)" "$(grep splats <<<"$before")"
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
before=$(harm)
objects=$(objects)
traffic_on
test_that "mlx5_core unloaded and loaded" many_drivers
test_that "mlx5sim unloaded and loaded" many_models
test_that "mlx5sim unloaded and loaded without a driver" models_alone
traffic_off
test_that "traffic afterwards" works
finish
