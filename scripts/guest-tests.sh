#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# guest-tests.sh QUEUE OPTION...: in a guest of UML or QEMU, runs those selftests that no other
# guest has taken from QUEUE, a folder of the host's that they share (BOOT_QUEUE); exit status
# as run_tests.sh
set -u
queue=$1
shift
install=$HOOKCOST_OUT/selftests/install

if [[ $HOOKCOST_TARGET == uml ]]; then
	mount -t hostfs -o "$queue" none /mnt
else
	mount -t 9p -o trans=virtio,version=9p2000.L,cache=none queue /mnt
fi || exit 1
out=$(mktemp)

# A test's output in one piece: the other guest's comes over the same terminal. Half a minute
# for the lock, as a guest may have died with it.
show() {
	local tries=600

	until mkdir /mnt/lock 2>/dev/null || ((--tries == 0)); do
		sleep 0.05
	done
	cat "$out"
	rmdir /mnt/lock
}

rc=4
while read -r test; do
	mkdir "/mnt/$test" 2>/dev/null || continue
	status=0
	begin=$SECONDS
	"$install/run_tests.sh" "$@" -t "$test" >"$out" 2>&1 || status=$?
	echo "# ${test#*:} took $((SECONDS - begin)) s" >>"$out"
	show
	# 4: all skipped
	case $status in
	0) ((rc == 1)) || rc=0 ;;
	4) ;;
	*) rc=1 ;;
	esac
done </mnt/tests
exit "$rc"
