#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the modules out of tree, as any user does, against the target's kernel;
# TARGET=host: against the running one (KDIR=FOLDER), if its headers are there
source "$(dirname "$0")/lib.sh"

copy=$out/module-src
kdir=${KDIR:-/lib/modules/$(uname -r)/build}

copy_source() {
	mkdir -p "$copy"
	rsync -a --delete --filter='P *.o' --filter='P *.ko' --filter='P *.mod*' --filter='P .*' \
		--filter='P Module.symvers' --filter='P modules.order' \
		--include=/Kbuild --include=/VERSION --include=/module/*** --include=/bpf/ --include=/bpf/*.h --include=/bpf/twin/*** \
		--exclude='*' "$top/" "$copy/"
}

keep_modules() {
	rm -f "$out/modules/"*.ko
	find "$copy/module" -name '*.ko' -exec cp -p -t "$out/modules/" {} +
}

build_modules() {
	copy_source
	# a module's BTF refers to vmlinux's by number, and make does not know
	find "$copy" -name '*.ko' ! -newer "$build/vmlinux" -delete
	kernel_make M="$copy" HOOKCOST_CLANG="clang$llvm" -j"$jobs" modules
	keep_modules
}

# By the compiler that has built the kernel. No software ConnectX: a host's own NICs are
# driven by the same driver.
build_host_modules() {
	local how

	copy_source
	read -r -a how <<<"$("$top/module/kernel-cc.sh" "$kdir")"
	find "$copy" -name '*.ko' -delete
	make -C "$kdir" M="$copy" "${how[@]}" HOOKCOST_CLANG="clang$llvm" CONFIG_PCI_MSI= -j"$jobs" modules
	keep_modules
}

# Why the running kernel gets no modules; nothing if it can
lacks() {
	local release

	if [[ ! -e $kdir/Makefile ]]; then
		echo "no kernel headers at $kdir: install linux-headers-$(uname -r), or give KDIR=FOLDER"
		return
	fi
	release=$(cat "$kdir/include/config/kernel.release" 2>/dev/null) || release="a tree that is not built"
	[[ $release == "$(uname -r)" ]] ||
		echo "$kdir is $release, but $(uname -r) runs: install its headers, or give KDIR=FOLDER"
}

host_modules() {
	local why log=$cache/logs/modules.log

	rm -f "$out/modules/"*.ko
	why=$(lacks)
	if [[ ! $why ]]; then
		(step "modules" build_host_modules) 2>/dev/null && return
		why=$(sed -n 's/^hookcost_kfunc: //p' "$log" | head -n 1) || :
		why=${why:-they do not build, see $log}
	fi
	say "without modules (no native code, no kfunc): $why"
}

find_llvm
[[ -e $top/Kbuild ]] || die "no $top/Kbuild"
if [[ $target == host ]]; then
	host_modules
	exit 0
fi
step "modules" build_modules
