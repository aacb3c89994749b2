# SPDX-License-Identifier: GPL-2.0-only
# uprobe: each call of a function, and each system call, is counted by its program
#: devices=("")

expect("the source is named"; the_bench | select(.source | contains("bpftime") | not) | "source \(.source)"),
expect("probes, or why not"; table_of("probes") |
	if any(.rows[]; .reason | contains("CONFIG_UPROBE_EVENTS")) then
		(.rows[] | select(.validity != "not measured") | "row \(.key): \(.validity)")
	else rows("probes"; ("nop5", "nop", "push", "endbr64", "movslq", "ret") + "_" + ("uprobe", "uretprobe", "both")),
		positive("probes"; "perf_event"),
		# a trap or a system call is in the place of each, and which one is seen
		(.rows[] | select(is_measured and (.cells.how | IN("system call", "trap", "trap + step") | not)) |
			"row \(.key): how is \(.cells.how)") end),
expect("published numbers where the first instruction is theirs"; rows_of("probes") |
	select((.key | test("^(endbr64|movslq)_")) != (.paper.perf_event | is_number)) | "row \(.key): paper \(.paper)"),
expect("system calls, or why not"; rows_of("calls") | select(.validity == "not measured" and .reason == "") | "row \(.key)"),
expect("user space is not made up"; rows_of("probes", "calls") | select(.cells.user != null) | "row \(.key): user \(.cells.user)")
