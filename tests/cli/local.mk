# SPDX-License-Identifier: Apache-2.0
check_LIBRARIES += tests/cli/libruncli.a
tests_cli_libruncli_a_SOURCES = tests/cli/run.c tests/cli/run.h
tests_cli_libruncli_a_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(GIO_CFLAGS)
CLI_TEST_LIBS = tests/cli/libruncli.a $(CLI_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/cli/test_commands tests/cli/test_bad_input \
	tests/cli/test_tables
TESTS += tests/cli/test_commands tests/cli/test_bad_input \
	tests/cli/test_tables
tests_cli_test_commands_SOURCES = tests/cli/test_commands.c
tests_cli_test_commands_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_commands_LDADD = $(CLI_TEST_LIBS)
tests_cli_test_bad_input_SOURCES = tests/cli/test_bad_input.c
tests_cli_test_bad_input_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_bad_input_LDADD = $(CLI_TEST_LIBS)
tests_cli_test_tables_SOURCES = tests/cli/test_tables.c
tests_cli_test_tables_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_tables_LDADD = $(CLI_TEST_LIBS)

check_PROGRAMS += tests/cli/test_guard
TESTS += tests/cli/test_guard
tests_cli_test_guard_SOURCES = tests/cli/test_guard.c
tests_cli_test_guard_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SECCOMP_CFLAGS)
tests_cli_test_guard_LDADD = $(CLI_LIBS) $(CMOCKA_LIBS) $(SECCOMP_LIBS)
check_PROGRAMS += tests/cli/test_signer
TESTS += tests/cli/test_signer
tests_cli_test_signer_SOURCES = tests/cli/test_signer.c tests/cli/kit_hsm.h
tests_cli_test_signer_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_signer_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_verify
TESTS += tests/cli/test_verify
tests_cli_test_verify_SOURCES = tests/cli/test_verify.c
tests_cli_test_verify_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_verify_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_rx
TESTS += tests/cli/test_rx
tests_cli_test_rx_SOURCES = tests/cli/test_rx.c tests/cli/kit_rx.h
tests_cli_test_rx_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_rx_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_starter
TESTS += tests/cli/test_starter
tests_cli_test_starter_SOURCES = tests/cli/test_starter.c
tests_cli_test_starter_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_starter_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_results
TESTS += tests/cli/test_results
tests_cli_test_results_SOURCES = tests/cli/test_results.c
tests_cli_test_results_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_cli_test_results_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_file
TESTS += tests/cli/test_file
tests_cli_test_file_SOURCES = tests/cli/test_file.c
tests_cli_test_file_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_file_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_passphrase
TESTS += tests/cli/test_passphrase
tests_cli_test_passphrase_SOURCES = tests/cli/test_passphrase.c
tests_cli_test_passphrase_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_passphrase_LDADD = $(CLI_TEST_LIBS)
check_PROGRAMS += tests/cli/test_rx_token
TESTS += tests/cli/test_rx_token
tests_cli_test_rx_token_SOURCES = tests/cli/test_rx_token.c \
	tests/cli/kit_rx.h tests/cli/kit_hsm.h
tests_cli_test_rx_token_CPPFLAGS = $(TEST_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_cli_test_rx_token_LDADD = $(CLI_TEST_LIBS)
