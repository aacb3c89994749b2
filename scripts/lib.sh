#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the other scripts: folders, tools, messages, steps with a log
# shellcheck disable=SC2034

source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

# A make that called us must not pass its flags on to the kernel's, nor the user's environment
# what makes it another build: he has set it for other ones
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MAKEFILES GNUMAKEFLAGS
unset ARCH SUBARCH CROSS_COMPILE LLVM_IAS O M C W V OUT OUTPUT TOOLS LIBBPF BPFTOOL TARGETS DESTDIR prefix \
	whole HOOKCOST_CLANG INSTALL_PATH INSTALL_HDR_PATH INSTALL_MOD_STRIP LOCALVERSION "${!KBUILD_@}" "${!KCONFIG_@}"
unset KCFLAGS KCPPFLAGS KAFLAGS KRUSTFLAGS CFLAGS_KERNEL CFLAGS_MODULE EXTRA_CFLAGS CFLAGS CPPFLAGS CXXFLAGS LDFLAGS WERROR
# nor may a git hook that did have git look at its repository
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX
# or grep, tar and bash be others
unset GREP_OPTIONS TAR_OPTIONS POSIXLY_CORRECT BASH_ENV ENV

# Where the benches and tests run, which of the kernel's two builds, and the seconds that
# a run and a single test may take; a VM without KVM is emulated
target=${TARGET:-best} best=0
# which bench.sh makes of several; all else is of UML
[[ $target != best ]] || target=uml best=1
case $target in
uml) run_limit=2400 test_limit=480 ;;
vm) run_limit=3600 test_limit=600 ;;
host) run_limit=3600 test_limit=480 ;;
*) die "TARGET=$target: there are best, uml, vm and host" ;;
esac
# CONFIG=distro is a configuration of the target's kernel; kernel-deb.sh has another CONFIG
config=
[[ ${CONFIG:-} != distro ]] || config=distro
case ${DEBUG:-0} in
0) debug=0 variant=$target${config:+-$config} ;;
1) [[ $target != host ]] || die "DEBUG=1 is for a kernel that is built here, not for TARGET=host"
   debug=1 variant=$target-debug ;;
kcsan) [[ $target == vm ]] || die "DEBUG=kcsan is for TARGET=vm, where there are several CPUs"
   debug=1 variant=$target-kcsan ;;
*) die "DEBUG=$DEBUG: it is 1, kcsan, or not set" ;;
esac
[[ ! $config || ($target != host && $debug == 0) ]] ||
	die "CONFIG=$config is for a kernel that is built here, without DEBUG"
((!debug)) || run_limit=$((run_limit * 4)) test_limit=$((test_limit * 4))

test_limit=${TEST_LIMIT:-$test_limit}
[[ $test_limit =~ ^[1-9][0-9]{0,5}$ ]] || die "TEST_LIMIT=$test_limit: seconds are needed, 1 to 999999"
((run_limit >= test_limit)) || run_limit=$test_limit

for name in JOBS UML_MEM VM_MEM VM_CPUS; do
	[[ ! ${!name:-} || ${!name} =~ ^[1-9][0-9]{0,5}$ ]] || die "$name=${!name}: a number is needed, 1 or more"
done
case ${VM_ACCEL:-kvm} in
kvm | tcg) ;;
*) die "VM_ACCEL=$VM_ACCEL: there are kvm and tcg" ;;
esac
[[ ! ${LLVM:-} || ${LLVM:-} =~ ^(1|-[1-9][0-9]*)$ ]] || die "LLVM=$LLVM: it is -N, for clang-N, or 1"
[[ ! ${KSRC:-} || -e ${KSRC:-}/Makefile ]] || die "KSRC=$KSRC is no kernel tree"
[[ ! ${KSRC_TARBALL:-} || -r ${KSRC_TARBALL:-} ]] || die "KSRC_TARBALL=$KSRC_TARBALL cannot be read"
[[ ! ${KDIR:-} || -e ${KDIR:-}/Makefile ]] || die "KDIR=$KDIR is no kernel's build folder"

fits "this tree" "$top" "\$\`\"'\\#%:"
find_cache
claim_cache
export HOOKCOST_CACHE=$cache
mkdir -p "$cache"/{logs,src,results,run,"build/$variant","build/$variant-out/modules"} 2>/dev/null ||
	die "cannot write to $cache: set HOOKCOST_CACHE to a folder of yours"
# as after a make bench of root's with this user's home
foreign=$(find "$cache" -maxdepth 2 \( -type d -o ! -user "$EUID" \) ! -type l ! -writable -print -quit) || :
[[ ! $foreign ]] ||
	die "cannot write to $foreign of $(stat -c %U "$foreign"): sudo chown -R $(id -un) $cache, or set HOOKCOST_CACHE"

# Where others put temporary files: mktemp, compilers
if [[ ${TMPDIR:-} && ! -w ${TMPDIR:-} ]]; then
	say "TMPDIR=$TMPDIR is no folder that can be written to: not used" >&2
	unset TMPDIR
fi
if [[ ${TMPDIR:-} ]]; then
	TMPDIR=$(realpath -- "$TMPDIR")
elif [[ ! -w /tmp ]]; then
	export TMPDIR=$cache/run
fi

linux=6.12			# whose series it is
series=$top/patches/$linux
patch_list=$series/${HOOKCOST_SERIES:-series}	# series-um: without hookcost
src=$cache/src/linux-$linux	# patched in place, so that ccache and make see one path
build=$cache/build/$variant
out=$cache/build/$variant-out
debian_source=linux-source-$linux
debian_tarball=/usr/src/$debian_source.tar.xz
jobs=${JOBS:-$(nproc)}

# of the user's own he says how large it is
if [[ ! ${CCACHE_DIR:-} ]]; then
	export CCACHE_DIR=$cache/ccache CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
fi
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$cache}
export LC_ALL=C

# The version of a kernel tree, 6.12; nothing if it has none
kernel_version() {
	awk '/^(VERSION|PATCHLEVEL) = / && NR <= 10 { printf "%s%s", n++ ? "." : "", $3 }' "$1/Makefile" 2>/dev/null || :
}

# touched PATCH...: files of the tree that they name
touched() {
	sed -nE 's,^(---|\+\+\+) [ab]/([^\t]+).*,\2,p; s,^rename (from|to) (.*),\2,p' "$@" | sort -u
}

# needs_lf WHAT FOLDER: a copy made by git or an archiver for another system
needs_lf() {
	! grep -q $'\r$' "$2/Makefile" 2>/dev/null ||
		die "$1 has CRLF line ends: git config core.autocrlf false there, and check it out anew"
}

# Sets llvm to the suffix of clang's and its tools' names, e.g. -19
find_llvm() {
	local v

	if [[ -n ${LLVM:-} ]]; then
		llvm=$LLVM
		[[ $llvm == -* ]] || llvm=
		command -v "clang$llvm" >/dev/null ||
			die "LLVM=$LLVM: no clang$llvm here: apt-get install clang$llvm lld$llvm llvm$llvm"
		return
	fi
	for v in 19 {40..15}; do
		llvm=-$v
		if command -v "clang$llvm" && command -v "ld.lld$llvm" &&
		   command -v "llvm-objcopy$llvm"; then
			return
		fi >/dev/null
	done
	die "no clang of version 15 or newer with its lld and llvm tools: make deps"
}

# One that was asked for and is not there is told before anything is installed or built
[[ ! ${LLVM:-} ]] || (find_llvm)

# Whether TARGET=host can be run by this user
need_target() {
	[[ $target == host ]] || return 0
	((EUID == 0)) || die "TARGET=host loads eBPF programs into this machine's kernel: run as root"
	unshare --pid --fork --mount true 2>/dev/null || die "TARGET=host: no namespaces to contain the run in" \
		"(unshare --pid --mount), as in a container without CAP_SYS_ADMIN; TARGET=uml needs none"
}

# make for ARCH=um. Its BUG() is two calls with arguments, where a machine's is one instruction.
# By that a function as small as __skb_pull() is too large for clang to inline at a call it
# takes for a cold one, as behind a static key, unless it is the only call in the file.
um_make() {
	make -C "$src" O="$build" ARCH=um LLVM="${llvm:-1}" CC="ccache clang$llvm" \
		HOSTCC="ccache clang$llvm" KCFLAGS="-mllvm -inline-cold-callsite-threshold=100" "$@"
}

# make for the target's kernel
kernel_make() {
	if [[ $target == uml ]]; then
		um_make "$@"
	else
		make -C "$src" O="$build" ARCH=x86_64 LLVM="${llvm:-1}" CC="ccache clang$llvm" \
			HOSTCC="ccache clang$llvm" "$@"
	fi
}

userspace_make() {
	make -C "$top/userspace" -j"$jobs" KSRC="$src" OUT="$out/userspace" \
		HOOKCOST_CLANG="clang$llvm" "$@"
}

selftests_make() {
	make -C "$top/selftests" -j"$jobs" KSRC="$src" OUTPUT="$out/selftests" \
		INSTALL_PATH="$out/selftests/install" HOOKCOST_CLANG="clang$llvm" \
		LIBBPF="$out/userspace/tools/libbpf" \
		BPFTOOL="$out/userspace/tools/bpftool/bootstrap/bpftool" "$@"
}

# write_report RESULTS.json: as a page beside it, which latest.html names from then on
write_report() {
	local page=${1%.json}.html

	"$out/userspace/hookcost" report "$1" -o "$page" || return
	ln -sfn "$(basename "$page")" "$cache/results/latest.html"
	say "report: $page"
}

source "$top/scripts/progress.sh"

# MB that are free there; 0 if it is not there
free_mb() { df -Pm "$1" 2>/dev/null | awk 'END { print $4 + 0 }' || :; }

# A full disk makes many messages, and sometimes none: the log is on it
say_full() {
	local free

	free=$(free_mb "$cache")
	if ((free < 50)) || grep -q 'No space left on device' "$1"; then
		printf 'hookcost: no space left in %s (%d MB): free some, or set HOOKCOST_CACHE\n' \
			"$cache" "$free" >&2
	fi
}

# step NAME COMMAND...: output to a log, elapsed time on stdout. whole=1: nothing of it is done
# yet. Not to be called in a condition: the command would lose its `set -e`.
step() {
	local name=$1 log=$cache/logs/${1// /-}.log start=$SECONDS rc pid
	shift

	: >"$log"
	ticker "$name" "$log" "${whole:-}" &
	pid=$!
	set +e
	(set -e; "$@") >"$log" 2>&1 </dev/null
	rc=$?
	set -e
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	! on_terminal || printf '\r\033[K'
	if ((rc)); then
		printf 'hookcost: %s failed after %d s; the end of %s:\n' \
			"$name" $((SECONDS - start)) "$log" >&2
		tail -n 20 "$log" >&2
		say_full "$log"
		exit 1
	fi
	keep_past "$name" "$log" $((SECONDS - start))
	((SECONDS - start < 2)) || say "$name: $((SECONDS - start)) s"
}

# One build at a time in a cache
lock_cache() {
	exec 9>"$cache/lock"
	if ! flock -n 9; then
		say "another build uses $cache, waiting for it"
		flock 9
	fi
}

# stamp FILE TEXT: true if FILE says TEXT; put_stamp writes it, after success only
stamp() { [[ -e $1 && $(<"$1") == "$2" ]]; }
put_stamp() { printf '%s\n' "$2" >"$1.tmp" && mv "$1.tmp" "$1"; }
