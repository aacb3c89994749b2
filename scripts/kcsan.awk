# SPDX-License-Identifier: GPL-2.0-only
# KCSAN's reports in kernel logs that name a function of hookcost's: of its modules, of a name
# of its own, or in the list "added", of the functions that the patches add; anywhere on the
# two stacks, but for what an interrupt or softirq has interrupted. With -v own=1 the others instead, one line for each: how often, and where. -v known=FILE
# names races of Linux's own that are left out though ours are on the stack, being on the way there.
BEGIN {
	n = split(added, names, " ")
	for (i = 1; i <= n; i++)
		ours[names[i]] = 1
	while ((getline line < known) > 0)
		if (line !~ /^#/)
			left_out[line] = 1
}

function end() {
	if (title in left_out)
		is_ours = 0
	if (report != "" && is_ours && !own)
		printf "%s", report
	else if (report != "" && !is_ours)
		count[title]++
	report = ""
	is_ours = 0
}

# without the time, and the thread or CPU, that printk() puts before it
{ sub(/^(\[ *[0-9.]+\])?(\[ *[TC][0-9]+\])? */, "") }

/^=+$/ { end(); next }

/^BUG: KCSAN: / {
	end()
	title = $0
	sub(/^BUG: KCSAN: /, "", title)
	# of one function: without where in it
	gsub(/\+0x[0-9a-f]+\/0x[0-9a-f]+/, "", title)
}

title != "" && (report != "" || /^BUG: KCSAN: /) { report = report $0 "\n" }

# another stack
/^$/ { interrupted = 0 }

report != "" && !interrupted && /\+0x[0-9a-f]+\/0x[0-9a-f]+/ {
	name = $1
	sub(/\+0x.*/, "", name)
	sub(/\.(llvm|cold|isra|constprop|part).*/, "", name)
	if (name in ours || name ~ /^(hookcost|xdp_native|mlx5sim)_/ || /\[(hookcost_[a-z]+|mlx5sim)\]$/)
		is_ours = 1
	if (name ~ /^(asm_sysvec_|asm_common_interrupt$|handle_softirqs$)/)
		interrupted = 1
}

END {
	end()
	if (own) {
		for (title in count)
			printf "# the kernel's own: %d of %s\n", count[title], title
	}
}
