// SPDX-License-Identifier: GPL-2.0-only
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "bench/bench.h"
#include "cmd/list_names.h"
#include "core/target.h"
#include "core/util.h"
#include "driver/driver.h"
#include "hook/hook.h"
#include "kernel/probe.h"

/* Also those that stand for several, as bench_is() has it */
static void print_benches(void)
{
	size_t i, len;

	puts("all");
	for (i = 0; benches[i]; i++) {
		len = strlen(benches[i]->name) - 1;
		if (benches[i]->name[len] == 'a')
			printf("%.*s\n", (int)len, benches[i]->name);
		puts(benches[i]->name);
	}
}

static void print_netdevs(void)
{
	struct ifaddrs *list, *one;

	if (getifaddrs(&list))
		return;
	/* each netdev has one address of the link */
	for (one = list; one; one = one->ifa_next)
		if (one->ifa_addr && one->ifa_addr->sa_family == AF_PACKET &&
		    !(one->ifa_flags & IFF_LOOPBACK))
			puts(one->ifa_name);
	freeifaddrs(list);
}

static void print_devices(void)
{
	size_t i;

	for (i = 0; i < DRIVERS; i++)
		if (!all_drivers[i]->remote)
			puts(all_drivers[i]->name);
	print_netdevs();
}

static void print_all(const char *const *name)
{
	for (; *name; name++)
		puts(*name);
}

static void print_hooks(void)
{
	size_t i;

	for (i = 0; hook_table(i); i++)
		puts(hook_table(i));
}

static void print_targets(void)
{
	print_all(target_names);
}

/* None without the patches */
static void print_programs(void)
{
	struct probe_native n;
	char why[256];
	size_t i;

	if (probe_available(why, sizeof(why)) || probe_read_native(&n))
		return;
	for (i = 0; i < n.nprograms; i++)
		puts(n.program[i]);
}

static const struct {
	const char *name;
	void (*print)(void);
} kinds[] = {
	{ "bench", print_benches },
	{ "device", print_devices },
	{ "hook", print_hooks },
	{ "netdev", print_netdevs },
	{ "program", print_programs },
	{ "target", print_targets },
};

bool list_names(const char *kind)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, kind))
			continue;
		kinds[i].print();
		return true;
	}
	return false;
}

const char *list_names_kinds(void)
{
	static char text[80];
	size_t i;

	*text = '\0';
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? ", " : "",
			 kinds[i].name);
	return text;
}
