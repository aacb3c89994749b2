#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# host-netns.sh COMMAND...: in a network and a mount namespace that are new (unshare
# --net --mount): with a loopback, and a /sys that shows its netdevs
mount -t sysfs sysfs /sys &&
	{ mount -t debugfs debugfs /sys/kernel/debug || :; } &&
	mount -t bpf bpf /sys/fs/bpf &&
	ip link set lo up &&
	exec "$@"
