#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: what mlx5's driver drops over the software ConnectX, in both kinds of receive
# queue, and veth beside it; no frame is missing

source "$(dirname "$0")/bench.sh"
need_patches
need_module hookcost_native
need_sim

run_bench mlx5sim
expect "it is the default device" device mlx5
expect "every path" rows mlx5sim {striding,cyclic,veth}_{ebpf,native,generator}
expect "rates" positive mlx5sim mpps ns
expect "frames sent are frames at the port, received and dropped" never "frames sent"
finish
