#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: what mlx5's driver drops over the software ConnectX, in both kinds of receive
# queue, and veth beside it; no frame is missing

source "$(dirname "$0")/bench.sh"
if has_patches; then
	need_module hookcost_native
	need_sim
fi

run_bench mlx5sim
if has_patches; then
	expect "it is the default device" device mlx5
	expect "every path" rows mlx5sim {striding,cyclic,veth}_{ebpf,native,generator}
else
	expect "veth, eBPF" rows mlx5sim veth_{ebpf,generator}
	expect "rows of mlx5 name what they lack" some-none "mlx5sim is not loaded"
	expect "native rows name what they lack" some-none "CONFIG_HOOKCOST"
fi
expect "rates" positive mlx5sim mpps ns
! has_patches || expect_model mlx5sim
expect "frames sent are frames at the port, received and dropped" never "frames sent"
finish
