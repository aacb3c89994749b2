#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the modules out of tree, as any user does, against the target's kernel
source "$(dirname "$0")/lib.sh"

copy=$out/module-src

build_modules() {
	mkdir -p "$copy"
	rsync -a --delete --filter='P *.o' --filter='P *.ko' --filter='P *.mod*' --filter='P .*' \
		--filter='P Module.symvers' --filter='P modules.order' \
		--include=/Kbuild --include=/module/*** --include=/bpf/ --include=/bpf/*.h --include=/bpf/twin/*** \
		--exclude='*' "$top/" "$copy/"
	# a module's BTF refers to vmlinux's by number, and make does not know
	find "$copy" -name '*.ko' ! -newer "$build/vmlinux" -delete
	kernel_make M="$copy" HOOKCOST_CLANG="clang$llvm" -j"$jobs" modules
	rm -f "$out/modules/"*.ko
	find "$copy/module" -name '*.ko' -exec cp -p -t "$out/modules/" {} +
}

find_llvm
[[ -e $top/Kbuild ]] || die "no $top/Kbuild"
step "modules" build_modules
