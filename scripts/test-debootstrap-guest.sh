#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test-debootstrap-guest.sh ROOT COMMAND: the first process of a PID and a mount namespace, which
# runs COMMAND in the Debian in ROOT. Started by test-debootstrap.sh.
set -eu
root=$1

# A root that is mounted is one in which namespaces can be made
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
cat /etc/resolv.conf >"$root/etc/resolv.conf" 2>/dev/null || :

# Nothing of whoever calls: as after a login as root. The shell stays, to be what orphans go to.
exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
	${JOBS:+JOBS="$JOBS"} ${TESTS:+TESTS="$TESTS"} ${BENCH:+BENCH="$BENCH"} ${ARGS:+ARGS="$ARGS"} \
	chroot "$root" /bin/bash -c "$2; exit"
