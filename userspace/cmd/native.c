// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/command.h"
#include "core/json.h"
#include "core/near.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/lock.h"
#include "kernel/probe.h"

struct native_args {
	bool json;
	const char *word[3];
	int nwords;
	char *devices;			/* separated by spaces; NULL: none */
};

static const struct argp_option options[] = {
	{ "device", 'd', "NETDEV", 0,
	  "Whose XDP program it replaces, a netdev of this network namespace; once for each", 0 },
	{ "json", 'j', NULL, 0, "Print the list as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct native_args *a = state->input;
	const char *const *w = a->word;
	char *more;

	switch (key) {
	case 'd':
		/* the kernel takes a list of words */
		if (!*arg || strpbrk(arg, " \t\n"))
			usage_error(state, "\"%s\" is no netdev's name", arg);
		more = a->devices ? xasprintf("%s %s", a->devices, arg) : xstrdup(arg);
		free(a->devices);
		a->devices = more;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->nwords == ARRAY_SIZE(a->word))
			usage_error(state, "unexpected argument \"%s\"", arg);
		a->word[a->nwords++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->nwords && a->devices)
			usage_error(state, "list takes no --device");
		if (!a->nwords)
			return 0;
		if (strcmp(w[0], "list") && strcmp(w[0], "set") && strcmp(w[0], "off"))
			usage_error(state, "\"%s\" is none of list, set and off", w[0]);
		if (!strcmp(w[0], "set") && a->nwords == 1)
			usage_error(state, "set takes a program's name");
		if (!strcmp(w[0], "set") && !a->devices)
			usage_error(state, "set takes --device NETDEV: whose program it replaces");
		if (strcmp(w[0], "set") && a->devices)
			usage_error(state, "%s takes no --device", w[0]);
		if (strcmp(w[0], "set") && a->nwords > 1)
			usage_error(state, "unexpected argument \"%s\"", w[1]);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void print_list(const struct probe_native *n)
{
	size_t i;

	printf("%-16s %10s  %-20s %s\n", "program", "largest n", "owner", "active");
	for (i = 0; i < n->nprograms; i++) {
		printf("%-16s %10llu  ", n->program[i], (unsigned long long)n->arg_max[i]);
		if (strcmp(n->program[i], n->active))
			printf("%s\n", n->owner[i]);
		else
			printf("%-20s n=%llu\n", n->owner[i], (unsigned long long)n->arg);
	}
	for (i = 0; i < n->ndevices; i++)
		printf("%s %s (index %u, network namespace %u)", i ? "," : "in place of XDP on",
		       n->device[i].name, n->device[i].ifindex, n->device[i].netns);
	if (n->ndevices)
		putchar('\n');
	if (!n->nprograms)
		printf("no program is registered; run: modprobe hookcost_native\n");
}

static void print_json(const struct probe_native *n)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *devices = json_object_new_array();
	size_t i;

	for (i = 0; i < n->nprograms; i++) {
		struct json_object *p = json_object_new_object();

		json_add_string(p, "name", n->program[i]);
		json_object_object_add(p, "arg_max", json_object_new_uint64(n->arg_max[i]));
		json_add_string(p, "owner", n->owner[i]);
		json_object_array_add(list, p);
	}
	for (i = 0; i < n->ndevices; i++) {
		struct json_object *d = json_object_new_object();

		json_add_string(d, "name", n->device[i].name);
		json_object_object_add(d, "ifindex", json_object_new_uint64(n->device[i].ifindex));
		json_object_object_add(d, "netns", json_object_new_uint64(n->device[i].netns));
		json_object_array_add(devices, d);
	}
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_add_string(o, "active", n->active);
	json_object_object_add(o, "arg", json_object_new_uint64(n->arg));
	json_object_object_add(o, "devices", devices);
	json_object_object_add(o, "programs", list);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static int set_program(const struct probe_native *n, const char *name, const char *arg,
		       const char *devices)
{
	uint64_t value = 0;
	struct near near;
	char text[96];
	size_t i;

	for (i = 0; i < n->nprograms; i++)
		if (!strcmp(n->program[i], name))
			break;
	if (i == n->nprograms) {
		near_begin(&near, name);
		for (i = 0; i < n->nprograms; i++)
			near_add(&near, n->program[i]);
		err("there is no native program \"%s\"%s; see hookcost native list", name,
		    near_text(&near, text, sizeof(text)));
		return EXIT_FAILED;
	}
	if (arg && !strncmp(arg, "n=", 2))
		arg += 2;
	if (arg && (!parse_u64(arg, &value) || value > n->arg_max[i])) {
		err("%s takes n from 0 to %llu, not \"%s\"", name,
		    (unsigned long long)n->arg_max[i], arg);
		return EXIT_FAILED;
	}
	return probe_set_native(name, value, devices) ? EXIT_FAILED : EXIT_DONE;
}

int cmd_native(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[list]\nset PROGRAM [n=N] --device NETDEV\noff",
		.doc = "Let a native program run in place of the XDP program of a netdev.",
	};
	struct native_args a = { 0 };
	struct probe_native n;
	bool reads;
	char why[256];

	parse_options(&argp, argc, argv, &a);
	if (probe_available(why, sizeof(why))) {
		err("%s", why);
		return EXIT_FAILED;
	}
	reads = !a.nwords || !strcmp(a.word[0], "list");
	if (lock_state(reads ? LOCK_STATE_READ : LOCK_STATE_WRITE))
		return EXIT_FAILED;
	if (a.nwords && !strcmp(a.word[0], "off"))
		return probe_native_off() ? EXIT_FAILED : EXIT_DONE;
	if (probe_read_native(&n))
		return EXIT_FAILED;
	if (a.nwords && !strcmp(a.word[0], "set"))
		return set_program(&n, a.word[1], a.word[2], a.devices);
	if (a.json)
		print_json(&n);
	else
		print_list(&n);
	return EXIT_DONE;
}
