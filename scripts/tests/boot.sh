#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: where boot-uml.sh has the guest's memory. The kernel is a script that
# tells where that is.
# shellcheck disable=SC2154

cat >kernel <<'END'
#!/bin/bash
for arg; do
	case $arg in
	hookcost_run=*) run=${arg#*=} ;;
	hookcost_nonce=*) nonce=${arg#*=} ;;
	esac
done
echo "memory: $TMPDIR"
echo "$nonce 0" >"$run/status"
END
chmod +x kernel

# boots FOLDER: there the guest's memory is
boots() {
	mkdir -p run && UML_MEM=${mem:-8} UML_KERNEL=$PWD/kernel "$top/scripts/boot-uml.sh" run true >said 2>&1 &&
		grep -qx "memory: $1" said || { cat said; return 1; }
}

# A /dev/shm of our own, with these options; or none
with_shm() {
	if [[ $1 ]]; then
		mount -t tmpfs -o "$1" shm /dev/shm
	else
		mkdir dev && touch dev/{null,zero,urandom} && for name in null zero urandom; do
			mount --bind "/dev/$name" "dev/$name" || return
		done && ln -s /proc/self/fd dev/fd && mount --rbind dev /dev
	fi
}

# alone COMMAND: in a mount namespace
alone() {
	unshare --mount --propagation private "$BASH" -c "$(declare -p top); $(declare -f); $1"
}

made() { boots_in "$PWD/a/b" && [[ -s a/b/console.log ]]; }
boots_in() { UML_MEM=8 UML_KERNEL=$PWD/kernel "$top/scripts/boot-uml.sh" "$1" true; }
no_folder() { touch file && has="file" refused boots_in file; }
no_program() { has=absent refused env UML_KERNEL="$PWD/kernel" "$top/scripts/boot-uml.sh" run ./absent; }
test_that "a RUN folder that is not there is made" made
test_that "a RUN that is no folder: refused" no_folder
test_that "a program that is not there: refused" no_program

if ((EUID != 0)) || ! unshare --mount true 2>/dev/null; then
	skip "the guest's memory" "needs root, to mount on /dev/shm"
	return
fi
test_that "memory in /dev/shm" alone 'with_shm size=64m && boots /dev/shm'
test_that "a small one: elsewhere" alone 'with_shm size=4m && boots /tmp'
test_that "one that nothing can be executed in: elsewhere" alone 'with_shm size=64m,noexec && boots /tmp'
test_that "one that nothing can be written to: elsewhere" alone 'with_shm size=64m,ro && boots /tmp'
test_that "one without inodes: elsewhere" alone 'with_shm size=64m,nr_inodes=1 && boots /tmp'
test_that "none: elsewhere" alone 'with_shm "" && boots /tmp'
test_that "TMPDIR does not exist" alone 'with_shm size=64m && TMPDIR=/absent boots /dev/shm'
test_that "no room anywhere: one line" alone 'mem=999999; with_shm size=4m && mkdir -p run &&
	has="set TMPDIR" UML_MEM=$mem UML_KERNEL=$PWD/kernel refused "$top/scripts/boot-uml.sh" run true'
