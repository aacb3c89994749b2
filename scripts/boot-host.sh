#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot-host.sh [-t SECONDS] RUN COMMAND...: boots nothing, but runs COMMAND on this
# machine as the other launchers do in a guest, see boot-lib.sh: in its network
# namespace, with processes and mounts that end with it, however it ends.
export TARGET=host
source "$(dirname "$0")/boot-lib.sh"

# HOST_OUT: what was built for another target
out=${HOST_OUT:-$out}
need_target
boot_prepare "$@"
[[ -e $out/userspace/hookcost ]] || die "no $out/userspace/hookcost: make build TARGET=host"

# The kernel log of the run begins here
echo "hookcost: run $nonce" >/dev/kmsg 2>/dev/null || :
# A pipe that only this process holds open: its other end sees it die
rm -f "$run/alive"
mkfifo "$run/alive"
exec 8<>"$run/alive"

boot unshare --pid --fork --kill-child --mount --propagation private -- \
	"$top/scripts/host-init.sh" "$run" "$nonce"
