#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel-cc.sh FOLDER: variables for make that have modules compiled as the kernel was that was
# built there; another compiler does not know its options. Also used by dkms.conf.

config=$1/include/config/auto.conf
[ -r "$config" ] || config=$1/.config
value() { sed -n "s/^CONFIG_$1=\"*\([^ \"]*\).*/\1/p" "$config" 2>/dev/null; }

if [ "$(value CC_IS_CLANG)" = y ]; then
	# 190107 is 19.1.7
	version=$(($(value CLANG_VERSION) / 10000))
	if command -v "clang-$version" >/dev/null || ! command -v clang >/dev/null; then
		suffix=-$version
	fi
	if [ "$(value LD_IS_LLD)" = y ]; then
		echo "LLVM=${suffix:-1}"
	else
		echo "LLVM= CC=clang$suffix"
	fi
else
	# gcc-12 (Debian 12.2.0-14) 12.2.0
	cc=$(value CC_VERSION_TEXT)
	case $cc in
	*gcc*) command -v "$cc" >/dev/null || cc= ;;
	*) cc= ;;
	esac
	echo "LLVM=${cc:+ CC=$cc}"
fi
