#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make kernel-deb: Debian packages of the patched kernel and its headers, configured as
# the running kernel, as the file KCONFIG, or (CONFIG=vm) as the small one of TARGET=vm;
# each with what hookcost needs. Built by gcc, as modules for it then are by default.
source "$(dirname "$0")/lib.sh"

# The folders in a package have the mode that they are made with
umask 022

case ${CONFIG:-} in
vm)
	name=vm
	config=$top/scripts/config/vm.config
	;;
'')
	name=running
	config=${KCONFIG:-/boot/config-$(uname -r)}
	[[ -r $config ]] || { [[ ! ${KCONFIG:-} && -r /proc/config.gz ]] && config=/proc/config.gz; } ||
		die "no kernel configuration at $config: give KCONFIG=FILE, or CONFIG=vm"
	[[ ! ${KCONFIG:-} ]] || name=custom
	;;
*)	die "CONFIG=$CONFIG: there is vm; for a file of your own, KCONFIG=FILE" ;;
esac

also=deb "$top/scripts/deps.sh"
debs=$cache/deb/$name
obj=$debs/build
fragment=$top/scripts/config/hookcost.config

# No package of debug information, which is huge
export DEB_BUILD_PROFILES="pkg.linux-upstream.nokerneldbg${DEB_BUILD_PROFILES:+ $DEB_BUILD_PROFILES}"

deb_make() {
	make -C "$src" O="$obj" ARCH=x86_64 LLVM= CC="ccache gcc" HOSTCC="ccache gcc" \
		LOCALVERSION=-hookcost KDEB_PKGVERSION="$(date +%Y%m%d)-1" "$@"
}

configure() {
	local line lost=()

	if [[ $name == vm ]]; then
		cat "$config" "$fragment" >"$debs/fragment"
		deb_make KCONFIG_ALLCONFIG="$debs/fragment" allnoconfig
	else
		if [[ $config == *.gz ]]; then
			zcat "$config" >"$obj/.config"
		else
			cp "$config" "$obj/.config"
		fi
		"$src/scripts/kconfig/merge_config.sh" -m -O "$obj" "$obj/.config" "$fragment"
		deb_make olddefconfig
	fi
	while read -r line; do
		# keys: a kernel that has no use for them has no such option
		[[ $line == *KEYS=* ]] || grep -Fxq "$line" "$obj/.config" || lost+=("$line")
	done < <(grep ^CONFIG_ "$fragment")
	while read -r _ line _; do
		! grep -q "^$line=" "$obj/.config" || lost+=("$line")
	done < <(grep '^# CONFIG_.* is not set$' "$fragment")
	((${#lost[@]} == 0)) || die "kconfig did not take from $fragment: ${lost[*]} - $config forbids it:" \
		"see what it depends on, by / in make menuconfig"
}

# The package of the headers has no vmlinux, from which modules' BTF is made, and
# without which they can offer no kfunc; its section .BTF is all that takes
add_btf() {
	local deb tree=$debs/headers folder

	deb=$(echo "$debs"/linux-headers-*.deb)
	rm -rf "$tree"
	dpkg-deb -R "$deb" "$tree"
	folder=$(echo "$tree"/usr/src/linux-headers-*)
	objcopy --only-section=.BTF --set-section-flags .BTF=alloc,readonly --strip-all "$obj/vmlinux" "$folder/vmlinux"
	(cd "$tree" && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
	dpkg-deb --root-owner-group -b "$tree" "$deb"
	rm -rf "$tree"
}

lock_cache
"$top/scripts/kernel-src.sh"
mkdir -p "$obj" || die "cannot write to $debs"
id="$(<"$cache/src/state") $config $(cat "$config" "$fragment" | sha256sum)"
if ! stamp "$debs/config.stamp" "$id"; then
	rm -f "$debs/config.stamp"
	step "kernel config" configure
	put_stamp "$debs/config.stamp" "$id"
fi
rm -f "$debs"/*.deb
step "kernel packages" deb_make -j"$jobs" bindeb-pkg
step "headers with BTF" add_btf
say "packages:"
ls -1 "$debs"/*.deb
say "to install: sudo apt-get install $debs/linux-{image,headers}-*.deb, then reboot"
