//! Attribute: owners and tenants by what people wrote beside the data, through the whole pipeline.
//!
//! In:    exports, rule files and map files.
//! Out:   the lines of an answer, what was found odd, skeletons of map files.
//! Never: repeats the tables of `src/attribute/tests`, where each reason is held against each.
//!
//! Bugs that neighbours of ours had with tags and owners, and the tests that hold ours to it:
//!
//! ```text
//! B-38  spellings of one tag
//!         spend::owners::the_same_tag_is_found_under_every_spelling
//! B-39  keys that differ in case alone
//!         spend::owners::keys_that_differ_in_case_are_one_tag_and_the_exact_one_wins
//!         tags::aliases_of_a_key_are_merged_by_declared_precedence
//! B-40  keys with special characters
//!         spend::owners::keys_with_any_character_can_be_asked_for
//!         tags::a_rule_looks_at_keys_with_any_character
//! B-41  namespaces of tags
//!         spend::owners::namespaces_of_tags_are_kept_apart
//!         spend::owners::one_tag_in_two_maps_is_one_tag
//! B-42  one line counted once per tag
//!         spend::owners::a_line_with_three_tags_is_counted_once
//!         maps::every_cut_of_a_split_volume_is_the_same_total
//! B-43  ids that match by their ends, or by nothing
//!         maps::a_map_row_matches_its_whole_id_and_an_empty_id_matches_nothing
//! B-44  words inside words
//!         model::component::tests::every_documented_usage_type_has_its_component
//! B-45  ARNs of other partitions and shapes
//!         spend::owners::owners_live_in_every_partition
//!         spend::owners::an_arn_of_unknown_shape_stays_what_it_is
//! B-46  tags that begin in mid-month
//!         spend::owners::tags_that_begin_in_mid_month_are_carried_back_by_resource_and_say_so
//! B-47  membership of today applied to last month
//!         tags::a_user_who_moved_on_the_12th_is_split_there
//! B-48  covered usage moved to its Savings Plan
//!         tags::usage_under_a_savings_plan_stays_with_its_user_and_tenant
//! B-49  lines without a resource id
//!         spend::owners::a_charge_without_a_resource_is_in_every_answer
//! B-50  usage that costs nothing
//!         tags::usage_that_costs_nothing_keeps_its_hours
//! ```

// Tenants and virtual tags.
mod tags;
// Map files: read, applied, written.
mod maps;
