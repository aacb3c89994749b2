# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: what mlx5's driver drops over the software ConnectX, in both kinds of receive
# queue, and veth beside it; no frame is missing
#: devices=("")
#: ! has_patches || need_module hookcost_native
#: ! has_patches || need_sim

if $patches then
	expect("it is the default device"; device("mlx5")),
	expect("every path"; rows("mlx5sim"; ("striding", "cyclic", "veth") + "_" + ("ebpf", "native", "generator")))
else
	expect("veth, eBPF"; rows("mlx5sim"; "veth_ebpf", "veth_generator")),
	expect("rows of mlx5 name what they lack"; some_none("mlx5sim")),
	expect("native rows name what they lack"; some_none("CONFIG_HOOKCOST"))
end,
expect("rates"; positive("mlx5sim"; "mpps", "ns")),
(select($patches) | expect_model("mlx5sim"))
