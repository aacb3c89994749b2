#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: make test-debootstrap, with a debootstrap and a make that are made
# up: that it ends with nothing left, however it ends
# shellcheck disable=SC2154

mkdir -p bin tree files known/scripts
touch known/scripts/{bookworm,trixie}
cp -r "$top/scripts" "$top/Makefile" tree/
git -C tree init -q && git -C tree add . && git -C tree -c user.name=n -c user.email=n@example.org commit -q -m first

# a Debian of one shell
cat >bin/debootstrap <<'END'
#!/bin/bash
shift 2
root=$2
[[ ! ${FAIL:-} ]] || { echo "E: no such mirror"; exit 1; }
mkdir -p "$root"/{proc,sys,dev,run,etc/apt,root,usr/bin,usr/lib,usr/lib64,tmp}
for link in bin lib lib64; do
	ln -s "usr/$link" "$root/$link"
done
for program in bash sleep touch; do
	cp -L "$(command -v "$program")" "$root/usr/bin/"
done
ldd "$root"/usr/bin/* | grep -oE '/[^ :]+' | grep -v "^$root" | sort -u | while read -r lib; do
	mkdir -p "$root$(dirname "$lib")"
	cp -L "$lib" "$root$lib"
done
cp "$FILES/make" "$root/usr/bin/make"
END
printf '#!/bin/sh\necho "Filesystem 1 2 3"; echo "x 1 2 %s"\n' '${FREE:-99999}' >bin/df
chmod +x bin/*

# its make: what is said by file does as the test wants
make_is() { printf '#!/bin/bash\n%s\n' "$1" >files/make; chmod +x files/make; }

debian() {
	(cd tree && PATH=$work/debootstrap/bin:$PATH DEBOOTSTRAP_DIR=$work/debootstrap/known FILES=$work/debootstrap/files \
		make -s test-debootstrap "$@")
}
place=$HOOKCOST_CACHE/debootstrap/trixie
# nothing is mounted, nothing runs, and no Debian is there
nothing_left() {
	! grep -F "$place" /proc/self/mountinfo || return
	[[ ! -e $place/root ]] || { ls "$place/root"; return 1; }
	# each file of the Debian that a process has open, or runs
	! find /proc/[0-9]*/{exe,cwd,root} -lname "$place/root*" 2>/dev/null | grep . || return
}

both() {
	make_is 'echo "make $* in $PWD"; [[ -e Makefile && -d /proc/self && -c /dev/null && $HOME == /root ]] || exit
		[[ $1 == bench ]] || { touch /root/ran; echo "7 passed, 0 failed, 1 skipped"; }'
	debian SUITE=trixie >out || { cat out; return 1; }
	grep -q 'make test: done, [0-9]* s, 7 passed, 0 failed, 1 skipped' out && grep -q 'make bench: done' out &&
		grep -q '^make bench in /root/hookcost$' "$place/bench.log" && nothing_left
}
one_fails() {
	make_is '[[ $1 == test ]] || exit 2; echo "7 passed, 0 failed, 1 skipped"'
	! debian SUITE=trixie >out 2>&1 && grep -q 'make bench: failed with status 2' out && grep -q 'make test: done' out && nothing_left
}
no_debian() {
	! FAIL=1 debian SUITE=trixie >out 2>&1 && grep -q '^hookcost: debootstrap failed: E: no such mirror' out && nothing_left
}
kept() {
	make_is 'touch /root/ran'
	debian SUITE=trixie KEEP=1 >out && [[ -e $place/root/root/ran ]] && ! mount | grep -F "$place" || return
	# and the next one begins anew
	make_is '[[ ! -e /root/ran ]]'
	debian SUITE=trixie >out && nothing_left
}
# ended SIGNAL: in the middle, with a process in a session of its own
# A signal that was ignored when the tests began (nohup) is not for what they start
ended() {
	local pid tries=0

	make_is 'setsid() { "$@" & }; setsid sleep 1000; touch /root/started; sleep 1000'
	PATH=$PWD/bin:$PATH DEBOOTSTRAP_DIR=$PWD/known FILES=$PWD/files SUITE=trixie setsid \
		env --default-signal=TERM,HUP tree/scripts/test-debootstrap.sh >out 2>&1 &
	pid=$!
	until [[ -e $place/root/root/started ]] || ((++tries == 600)); do
		sleep 0.1
	done
	[[ -e $place/root/root/started ]] || { cat out; return 1; }
	[[ $(find /proc/[0-9]*/root -lname "$place/root" 2>/dev/null) ]] || { echo "it does not run in the Debian"; return 1; }
	kill "-$1" "$pid"
	! wait "$pid" || { echo "exit status 0"; return 1; }
	[[ $1 != KILL ]] || sleep 1
}
by_signal() { ended "$1" && nothing_left; }
# killed outright: what runs and what is mounted is gone all the same, the rest by the next one
by_kill() {
	ended KILL || return
	! grep -F "$place" /proc/self/mountinfo && ! find /proc/[0-9]*/root -lname "$place/root" 2>/dev/null | grep . || return
	make_is 'exit'
	debian SUITE=trixie >out && nothing_left
}
# somebody's folder that is mounted there is not deleted
mounted_there() (
	mkdir -p theirs "$place/root/mnt" && touch theirs/file && mount --bind theirs "$place/root/mnt" || exit
	refused debian SUITE=trixie || rc=1
	umount "$place/root/mnt"
	[[ ! ${rc:-} && -e theirs/file ]] && rm -r "$place/root"
)

# while it runs
not_cleaned() {
	local HOOKCOST_CACHE=$PWD/cleaned

	mkdir -p cleaned/debootstrap/trixie/root && touch cleaned/.hookcost-cache cleaned/debootstrap/trixie/root/file
	{ flock 8 && has=debootstrap refused make -s -C tree distclean; } 8>cleaned/debootstrap/trixie/lock || return
	[[ -e cleaned/debootstrap/trixie/root/file ]] && make -s -C tree distclean && [[ ! -e cleaned/debootstrap ]]
}

test_that "make distclean: not while it runs" not_cleaned
test_that "without a suite: refused" refused debian
test_that "an unknown suite: refused" refused debian SUITE=sid
if ((EUID == 0)) && command -v git >/dev/null && unshare --mount --pid --fork true 2>/dev/null; then
	has=GB FREE=1000 test_that "no room: refused" refused debian SUITE=trixie
	test_that "bench and test" both
	test_that "one that fails: the other is run" one_fails
	test_that "debootstrap fails" no_debian
	test_that "KEEP=1, and the next one" kept
	for signal in TERM HUP; do
		test_that "SIG$signal in the middle" by_signal "$signal"
	done
	test_that "SIGKILL in the middle, and the next one" by_kill
	test_that "something is mounted there: refused, and not deleted" mounted_there
else
	skip "in a chroot" "needs root, git and namespaces"
fi
