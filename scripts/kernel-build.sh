#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the target's kernel from $src in $build, and installs its modules in $out/kmodules
source "$(dirname "$0")/lib.sh"

fragment=$build.config
parts=("$top/scripts/config/$target.config")
case $variant in
*-debug)
	for part in "$top/scripts/config/"{debug,$target-debug}.config; do
		[[ ! -e $part ]] || parts+=("$part")
	done
	;;
*-kcsan) parts+=("$top/scripts/config/vm-kcsan.config") ;;
*-distro) parts+=("$top/scripts/config/distro.config") ;;
esac

configure() {
	local want lost

	# what a later part says of an option stands in place of what an earlier one says
	cat "${parts[@]}" | tac | awk -F= '!/^CONFIG_/ || !seen[$1]++' | tac >"$fragment"
	# kconfig does not know the names of patches that are not there
	[[ -e $src/include/net/hookcost.h ]] || sed -i "/^CONFIG_HOOKCOST/d" "$fragment"
	kernel_make KCONFIG_ALLCONFIG="$fragment" allnoconfig
	want=$(grep -E '^CONFIG_[A-Z0-9_]+=' "$fragment" | sort) || die "$fragment wants nothing"
	lost=$(comm -23 <(echo "$want") <(sort "$build/.config"))
	[[ -z $lost ]] || die "kconfig did not take from ${parts[*]}: ${lost//$'\n'/ }"
}

# Without debug information, which is most of a module, but with BTF
install_modules() {
	rm -rf "$out/kmodules"
	kernel_make INSTALL_MOD_PATH="$out/kmodules" INSTALL_MOD_STRIP=1 modules_install
}

find_llvm
id="$(<"$cache/src/state") $(cat "${parts[@]}" | sha256sum) $("clang$llvm" --version | head -n 1)"
if ! stamp "$build/hookcost.config" "$id"; then
	rm -f "$build/hookcost.config"
	step "kernel config" configure
	put_stamp "$build/hookcost.config" "$id"
fi
whole=
[[ -e $build/vmlinux ]] || whole=1
step "kernel" kernel_make -j"$jobs"
whole=
id=$(find "$build/" -name '*.ko' -printf '%p %T@\n' | sort | sha256sum) || die "cannot read $build"
if ! stamp "$out/kmodules.stamp" "$id"; then
	step "kernel modules" install_modules
	put_stamp "$out/kmodules.stamp" "$id"
fi
