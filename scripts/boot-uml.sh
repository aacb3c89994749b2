#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot-uml.sh [-t SECONDS] RUN COMMAND...: boots the UML kernel as an ordinary
# process and runs COMMAND in it, see boot-lib.sh
export TARGET=uml
source "$(dirname "$0")/boot-lib.sh"

boot_prepare "$@"
kernel=${UML_KERNEL:-$build/linux}
mem=${UML_MEM:-1024}	# MB; the JIT reaches 1800
[[ -x $kernel ]] || die "no UML kernel at $kernel: make build"


# The guest's memory is a file, from which code is executed: that it can be is tried
fits_memory() {
	local dir=$1 probe rc=0

	[[ -w $dir ]] && (($(free_mb "$dir") > mem)) || return
	probe=$(mktemp "$dir/hookcost-XXXXXX" 2>/dev/null) || return
	{ echo '#!/bin/sh' >"$probe" && chmod 700 "$probe" && "$probe"; } 2>/dev/null || rc=1
	rm -f "$probe"
	return "$rc"
}

# On tmpfs, if one has the room (Docker's has 64 MB)
tmp=
for dir in "${TMPDIR:-/dev/shm}" /dev/shm /tmp "$run"; do
	if fits_memory "$dir"; then
		tmp=${tmp:-$dir}
		[[ $(stat -f -c %T "$dir") != tmpfs ]] || { tmp=$dir; break; }
	fi
done
[[ $tmp ]] || die "no $mem MB for the guest's memory in ${TMPDIR:+$TMPDIR, }/dev/shm, /tmp, $run, or they are" \
	"noexec: free some, or set TMPDIR"
mkdir -p "$run/uml"
export TMPDIR=$tmp

# UML's kernel and its process take turns at each system call, which takes much longer when they
# sit on two CPUs of the host, so they get one. BOOT_CPU=N: the N-th.
cpu=$("$top/scripts/pick-cpu.sh" ${BOOT_CPU:+"$BOOT_CPU"})

console=null,fd:1
[[ ! ${BOOT_SHELL:-} ]] || console=fd:0,fd:1

boot taskset -c "$cpu" "$kernel" \
	"mem=${mem}M" umid="hookcost-$nonce" uml_dir="$run/uml/" \
	root=/dev/root rootfstype=hostfs rootflags=/ ro init="$top/scripts/guest-init.sh" \
	con=null "con0=$console" ssl=null stderr=1 quiet \
	hookcost_run="$run" hookcost_share="hostfs:none:$run" hookcost_nonce="$nonce"
