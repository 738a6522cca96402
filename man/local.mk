# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += man/qingnang-vault.7
dist_man_MANS += man/qingnang.1 man/qingnang.conf.5 man/qingnang-fhir.7
dist_man_MANS += man/qingnang-clinic.1 man/qingnang-rules.5
dist_man_MANS += man/qingnang-sync.1
