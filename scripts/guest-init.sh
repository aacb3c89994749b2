#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# PID 1 of a guest whose root is the host's, read-only. Kernel arguments:
#   hookcost_run=DIR                    folder shared by the launcher and the guest
#   hookcost_share=TYPE:SOURCE:OPTIONS  how to mount it, writable
#   hookcost_nonce=WORD                 proves that the status is this boot's

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/tmp LC_ALL=C
# hostfs takes its path as mount(2) does, not as an option with a name
export LIBMOUNT_FORCE_MOUNT2=always

# A container's Debian has perl, but no poweroff(8): reboot(2), LINUX_REBOOT_CMD_POWER_OFF
power_off() {
	echo 0 >/proc/sys/kernel/printk
	exec perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc)'
}

fail() {
	echo "guest-init.sh: $*"
	power_off
}

# The launcher asks for the end by a file: no signal reaches into a guest
watch_stop() {
	until [[ -e $run/stop ]]; do
		sleep 1
	done
	kill -INT -1
}

mount -t proc proc /proc || fail "cannot mount /proc"
read -r cmdline </proc/cmdline
for arg in $cmdline; do
	case $arg in
	hookcost_run=*) run=${arg#*=} ;;
	hookcost_share=*) IFS=: read -r type source options <<<"${arg#*=}" ;;
	hookcost_nonce=*) nonce=${arg#*=} ;;
	esac
done
# shellcheck source=/dev/null
source "$run/env" || fail "cannot read $run/env"

mount -t sysfs sysfs /sys
mount -t debugfs debugfs /sys/kernel/debug
mount -t bpf bpf /sys/fs/bpf
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

# /tmp and /run are the guest's own, except for what lies there of ours
mount --bind / /mnt
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
[[ $(readlink -f /var/run) == /run ]] || mount -t tmpfs tmpfs /var/run
[[ ! ${HOOKCOST_SHELL:-} ]] || "/mnt$HOOKCOST_TOP/scripts/guest-shell.sh" --overlay
for dir in "$HOOKCOST_TOP" "$HOOKCOST_OUT" "$run"; do
	if [[ ! -d $dir ]]; then
		mkdir -p "$dir"
		mount --bind "/mnt$dir" "$dir"
	fi
done
# and what the command names there of the host's
while IFS=$'\t' read -r from to; do
	[[ $from && ! -e $to ]] || continue
	mkdir -p "$(dirname "$to")"
	if [[ -d /mnt$from ]]; then mkdir "$to"; else : >"$to"; fi
	mount --bind "/mnt$from" "$to"
done <<<"$HOOKCOST_FOUND"
umount /mnt
mount -t "$type" -o "$options" "$source" "$run" || fail "cannot mount $run"
# reboot(2) starts UML anew, for ever
mkdir "$run/booted" || fail "the guest rebooted"
ip link set lo up

# The terminal itself, which a shell needs to have jobs: /dev/console cannot be that
if [[ ${HOOKCOST_SHELL:-} ]]; then
	tty=/dev/tty0
	[[ $HOOKCOST_TARGET == uml ]] || tty=/dev/ttyS0
	stty sane rows "$HOOKCOST_ROWS" cols "$HOOKCOST_COLUMNS" <"$tty"
	setsid --ctty --wait "$HOOKCOST_TOP/scripts/target-run.sh" <"$tty" >"$tty" 2>&1
	echo "$nonce $?" >"$run/status"
	power_off
fi

stty -opost
[[ $HOOKCOST_TTY == 1 ]] || exec 2> >(exec cat)
watch_stop &
"$HOOKCOST_TOP/scripts/target-run.sh" </dev/null | tee -i "$run/output"
rc=${PIPESTATUS[0]}
dmesg >"$run/dmesg"
echo "$nonce $rc" >"$run/status"
power_off
