#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# boot-vm.sh [-t SECONDS] RUN COMMAND...: boots the x86-64 kernel in QEMU, with the
# host's root over 9p, and runs COMMAND in it, see boot-lib.sh. VM_CPUS=N, VM_MEM=MB,
# VM_ACCEL=kvm or tcg (default: KVM if the kernel boots under it). VM_ICOUNT=1: TCG whose
# time stamp counter advances by one with each instruction; one CPU by default.
export TARGET=vm
source "$(dirname "$0")/boot-lib.sh"

boot_prepare "$@"
kernel=${VM_KERNEL:-$build/arch/x86/boot/bzImage}
icount=${VM_ICOUNT:-0}
cpus=${VM_CPUS:-$((icount ? 1 : 4))}
mem=${VM_MEM:-$((debug ? 3072 : 1536))}
qemu="qemu-system-x86_64"
[[ -r $kernel ]] || die "no x86-64 kernel at $kernel: make build TARGET=vm"
command -v "$qemu" >/dev/null || die "$qemu is missing: make deps TARGET=vm"
free=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
((free > mem)) || die "the guest wants $mem MB of memory, $free MB are free: free some, or set VM_MEM"

# There are /dev/kvm that cannot run a kernel, so one is booted, with little time
kvm_boots() {
	local probe=$run/kvm-probe rc=0

	mkdir -p "$probe"
	BOOT_SHELL='' VM_ACCEL=kvm "$0" -t 10 "$probe" true >/dev/null 2>&1 || rc=$?
	((rc)) || rm -rf "$probe"
	return "$rc"
}

accel=${VM_ACCEL:-}
((icount == 0)) || accel=tcg
if [[ ! $accel ]]; then
	accel=tcg
	trap 'exit 130' INT TERM HUP
	if [[ ! -w /dev/kvm ]]; then
		say "/dev/kvm is not there or not ours: QEMU emulates the CPU (TCG)"
	elif kvm_boots; then
		accel=kvm
	else
		say "the kernel does not boot with KVM here: QEMU emulates the CPU (TCG)"
	fi
fi
case $accel in
kvm) machine=(-accel kvm -cpu host) ;;
tcg)
	# Before 8.1, a thread of QEMU's can miss that another CPU patches the code (a jump
	# label, a static call) that it is just translating: "Oops: int3". So one for all CPUs.
	threads=multi
	version=$("$qemu" --version | sed -n 's/.* version \([0-9.]*\).*/\1/p') || die "$qemu does not run"
	sort -CV <<<$'8.1\n'"$version" || threads=single
	machine=(-accel "tcg,thread=$threads" -cpu max)
	# An idle guest's time does not pass at the host's pace, but at once
	((icount == 0)) || machine=(-accel "tcg,thread=single" -cpu max -icount "shift=0,sleep=off")
	;;
esac

mount=trans=virtio,version=9p2000.L,msize=524288
append=(
	root=/dev/root rootfstype=9p "rootflags=$mount,cache=loose" ro init="$top/scripts/guest-init.sh"
	console=ttyS0 panic=-1 quiet no_timer_check log_buf_len=4M rcupdate.rcu_cpu_stall_timeout=180
	hookcost_run="$run" hookcost_share="9p:hookcost:$mount,cache=none" hookcost_nonce="$nonce"
)
queue=()
if [[ ${BOOT_QUEUE:-} ]]; then
	fsdev="local,id=queue,path=${BOOT_QUEUE//,/,,},security_model=none,multidevs=remap"
	queue=(-fsdev "$fsdev" -device "virtio-9p-pci,fsdev=queue,mount_tag=queue")
fi
serial=(-serial stdio)
# Ctrl-C is the guest's
[[ ! ${BOOT_SHELL:-} ]] || serial=(-chardev "stdio,id=terminal,signal=off" -serial chardev:terminal)
# Two virtio NICs, back to back; virtio_net receives differently without mergeable buffers
boot "$qemu" -no-user-config -nodefaults -no-reboot -display none "${serial[@]}" \
	-machine q35 "${machine[@]}" -smp "$cpus" -m "${mem}M" -kernel "$kernel" -append "${append[*]}" \
	-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
	-device virtio-9p-pci,fsdev=root,mount_tag=/dev/root \
	-fsdev "local,id=run,path=${run//,/,,},security_model=none,multidevs=remap" \
	-device virtio-9p-pci,fsdev=run,mount_tag=hookcost \
	"${queue[@]}" \
	-netdev hubport,id=a,hubid=0 -device virtio-net-pci,netdev=a,mac=52:54:00:00:00:0a,romfile=,mrg_rxbuf=off \
	-netdev hubport,id=b,hubid=0 -device virtio-net-pci,netdev=b,mac=52:54:00:00:00:0b,romfile=
