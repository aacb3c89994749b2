# SPDX-License-Identifier: GPL-2.0-only

MAKEFLAGS += --no-print-directory
TARGET ?= best
DEBUG ?=
export TARGET DEBUG

ifneq ($(shell grep -l "$$(printf '\r')" scripts/lib.sh),)
$(error hookcost: this tree has CRLF line ends, which no script can have: git config core.autocrlf false, and check it out anew)
endif

commands := bench bench-off prog report shell test build check test-debootstrap check-series deb kernel-deb patch
targets := help $(commands) install uninstall modules_install install-dkms remove-dkms deps clean distclean

# A slip of the pen is told before anything is built, and not after the targets before it
variables := TARGET DEBUG DEVICE BENCH TESTS ONLY RUNS ARGS CONFIG KCONFIG KDIR KVER KSRC KSRC_TARBALL LLVM JOBS \
	DIR LAYOUT BOOTS FROM TO TEST_LIMIT INSTALL_MOD_PATH DESTDIR PREFIX SUITE MIRROR KEEP HOOKCOST_% UML_% VM_% BOOT_% MLX5SIM_% CCACHE_% \
	CC SHELL HOME PATH TMPDIR TERM MAKEFLAGS
given := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
ifneq ($(filter-out $(variables),$(given)),)
$(error hookcost: there is no variable $(filter-out $(variables),$(given)): make help has them)
endif
ifneq ($(filter-out $(targets),$(MAKECMDGOALS)),)
$(error hookcost: there is no target $(filter-out $(targets),$(MAKECMDGOALS)): make help has them; benches are named in BENCH, tests in TESTS)
endif
# make -j2 bench report: the report is of what the bench has found
.NOTPARALLEL:

help:
	@sed -n 's/^#: \{0,1\}//p' $(MAKEFILE_LIST)

#: hookcost: what it costs a packet to reach, enter and run in an eBPF hook
#:
#:   make bench         install what is missing, build, run, print the paper's tables
#:   make bench-off     is a kernel with hookcost in it, and off, as fast as one without? Builds the
#:                      latter, too, links both RUNS=60 times, so that their code lies
#:                      elsewhere, and boots them in turns, BOOTS=3 times each (LAYOUT=fixed:
#:                      not linked anew, RUNS pairs of boots).
#:                      TARGET=vm: in instructions per packet, x86-64 (RUNS=5).
#:                      CONFIG=distro: both with what Debian's kernel has in an sk_buff
#:   make shell         a shell in the guest (TARGET=uml or vm), the modules loaded and the tool
#:                      in PATH; this folder (DIR=FOLDER), your home and /tmp can be written
#:                      to, for as long as the guest runs. Ctrl-D ends it
#:   make prog ARGS="FILE.o --pcap FILE.pcap"   what an XDP, TC or SK_SKB program of your own costs, in
#:                      the guest: without root, NIC or special kernel. scripts/prog.sh FILE.o ...
#:                      is the same, and ends with the tool's exit status; options: hookcost
#:                      prog --help
#:   make report        the last results as an HTML page, with figures; make bench does it, too
#:   make test          the same set-up, then all tests
#:   make test-debootstrap SUITE=trixie   bench and test from nothing, in a minimal Debian (or bookworm)
#:                      in a folder, which is removed afterwards (KEEP=1: not); as root, most of an hour
#:   make build         the set-up only: kernel, modules, tool
#:   make check         static checks only, on the host
#:   make patch KSRC=FOLDER   apply the series to a kernel tree of your own
#:   make kernel-deb    Debian packages of the patched kernel, configured as the running one,
#:                      as KCONFIG=FILE, or small for a virtual machine (CONFIG=vm)
#:   make install       build the tool, and install it, its man pages and completion, to
#:                      DESTDIR=FOLDER and PREFIX=FOLDER (default: /usr/local); make uninstall
#:   make deb           Debian packages of the tool (hookcost) and the modules (hookcost-dkms)
#:   make modules_install   build and install the modules for the running kernel, or KDIR=FOLDER
#:   make install-dkms      the same by dkms, for kernels to come too; make remove-dkms
#:   make check-series  build and boot every prefix of the series as UML (of FROM=N to TO=N
#:                      patches), and those of net alone for x86-64; takes some hours
#:   make clean         remove what was built (ccache and the kernel's source stay)
#:   make distclean     remove the whole cache, results too
#:
#: Variables:
#:   TARGET=best            where benches run: each where its times mean most, in the patched kernel
#:                          as uml, as root in this machine's own (over veth in namespaces,
#:                          nothing of it is touched; that is said before), or in a vm with KVM;
#:                          all other commands: uml
#:          uml             the patched kernel as a process
#:          vm              x86-64 in QEMU; without KVM it is emulated and has no times
#:          host            this machine itself, as root; what its kernel lacks is said
#:   DEBUG=1                kernel with KASAN, lockdep, kmemleak ...; test only
#:         kcsan            with the data race detector; TARGET=vm, test only
#:   DEVICE=NAME            what make bench runs over: veth, mlx5, or a NIC of TARGET=host
#:   BENCH="table1 ..."     benches of make bench (default: the paper's tables and figures that
#:                          mean something on the target)
#:   TESTS="stamps ..."     selftests of make test, or all (default: all; with TARGET=vm those
#:                          that an emulated CPU does in minutes)
#:   ONLY=target            make test without what it tests on this machine: statics, units, scripts
#:   DIR=FOLDER             where make shell begins, and from where make prog sees files
#:                          (default: the folder you are in)
#:   RUNS=N                 pairs of kernels of make bench-off (default: 60; TARGET=vm: 5)
#:   ARGS="--quick ..."     further options of hookcost run; quotes hold a name with a space
#:                          together, and the files of --json, --text and --baseline are this
#:                          machine's
#:   HOOKCOST_CACHE=FOLDER  default ~/.cache/hookcost
#:   KDIR=FOLDER            of modules_install: a kernel's build folder
#:   KSRC_TARBALL=FILE      kernel source other than Debian's linux-source-6.12
#:   KSRC=FOLDER            the same, unpacked; it is copied, and again what changes there
#:   LLVM=-N                clang of that version (default: 19, else the newest)
#:   JOBS=N                 default: one per CPU

$(commands):
	@scripts/$@.sh

install uninstall:
	@scripts/install.sh $@

# make -C has another folder than the user
shell prog: export DIR ?= $(PWD)

modules_install:
	@scripts/modules-install.sh install

install-dkms:
	@scripts/modules-install.sh dkms

remove-dkms:
	@scripts/modules-install.sh dkms-remove

deps:
	@scripts/deps.sh

clean:
	@scripts/clean.sh

distclean:
	@scripts/clean.sh all

.PHONY: $(targets)
