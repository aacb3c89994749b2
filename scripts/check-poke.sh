#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where a UML kernel changes code that may be executed at any time, no signal handler runs until
# it has done so: userspace/poke looks on while selftests/text_poke changes code. In KTAP. make
# test runs it after the build, for UML.
source "$(dirname "$0")/lib.sh"

echo "TAP version 13"
if [[ $target != uml ]]; then
	echo "1..0 # SKIP TARGET=$target: only UML's kernel can be looked at from outside"
	exit 0
fi
find_llvm
userspace_make -s poke >&2
run=$(mktemp -d "$cache/run/poke-XXXXXX")
kernel=${UML_KERNEL:-$build/linux}
map=${kernel%/*}/System.map
cat >"$run/kernel" <<END
#!/bin/sh
exec "$out/userspace/poke/poke" "$map" "$run/poked" "$kernel" "\$@"
END
chmod +x "$run/kernel"

number=0
failed=0
# result STATUS WHAT
result() {
	local not=

	(($1 == 0)) || { not="not "; failed=1; }
	((number += 1))
	echo "${not}ok $number poke: $2"
}

rc=0
UML_KERNEL=$run/kernel HOOKCOST_BARE=1 HOOKCOST_MODULES=$run "$top/scripts/boot-uml.sh" -t 120 \
	"$run" "$out/selftests/install/hookcost/text_poke" >"$run/log" 2>&1 || rc=$?
((rc == 0)) || sed 's/^/# | /' "$run/log"
result "$rc" "the kernel runs, and changes code"
touch "$run/poked"
while read -r name calls changed enabled; do
	echo "# $name: $calls calls, $changed changed code, $enabled of them with signals enabled"
	rc=0
	((changed > 0)) || rc=1
	result "$rc" "$name has changed code"
	result "$enabled" "$name: no signal handler runs meanwhile"
done <"$run/poked"
((number == 9)) || result 1 "there are four functions that change code"
[[ $failed == 1 ]] || rm -rf "$run"
echo "1..$number"
exit "$failed"
