//! Owners: whose a charge is, and how we know.
//!
//! In:    lines with tags, resource ids and products.
//! Out:   domain, user, space and reason.
//! Never: repeats the tables of `attribute`; here the whole pipeline answers.

use crate::support::ask::{by, lines_of, oddities};
use crate::support::export::{Export, TagHome};

/// Everything that is said about an owner.
const OWNER: &str = "domain,user,space,reason";

#[test]
fn a_tag_beats_the_resource_and_the_volume() {
    let export = Export::cur2(
        "cost | domain | user    | space   | resource                         | managed_by
         1    | -      | d-1/zoë | -       | app/d-2/bob/kernelgateway/x      | d-3
         2    | -      | -       | -       | app/d-2/bob/kernelgateway/x      | d-3
         4    | -      | -       | -       | training-job/x                   | d-3
         8    | -      | -       | -       | training-job/x                   | -",
    );
    by(OWNER).check(
        &export,
        "d-3 | -   | - | efs          | 4
         d-2 | bob | - | resource-arn | 2
         d-1 | zoë | - | tag          | 1
         -   | -   | - | none         | 8 | unattributed",
    );
}

#[test]
fn a_space_without_a_user_is_a_space_of_its_domain() {
    // Case 7, without an owner map.
    let export = Export::cur2(
        "cost | domain | user      | space
         1    | -      | -         | d-1/team
         2    | d-1    | d-1/alice | d-1/alice-private
         4    | d-1    | -         | d-1/team",
    );
    by(OWNER).check(
        &export,
        "d-1 | -     | team          | tag | 5
         d-1 | alice | alice-private | tag | 2",
    );
}

#[test]
fn an_untagged_app_is_rescued_from_its_arn() {
    // Case 8: AWS writes the app type in lower case; names in tags tell users from spaces.
    let export = Export::cur2(
        "cost | user      | space    | resource
         1    | d-1/Alice | -        | -
         2    | -         | d-1/Team | -
         4    | -         | -        | app/d-1/alice/kernelgateway/instance-1
         8    | -         | -        | app/d-1/team/kernelgateway/instance-1
         16   | -         | -        | app/d-1/nobody-knows/jupyterlab/default
         32   | -         | -        | app/d-1/nobody-knows/JupyterServer/default
         64   | -         | -        | space/d-1/Team
         128  | -         | -        | user-profile/d-1/alice
         256  | -         | -        | domain/d-1",
    );
    by(OWNER).check(
        &export,
        "d-1 | -            | -            | resource-arn | 256
         d-1 | Alice        | -            | resource-arn | 132
         d-1 | -            | Team         | resource-arn | 72
         d-1 | nobody-knows | -            | resource-arn | 32
         d-1 | -            | nobody-knows | resource-arn | 16
         d-1 | -            | Team         | tag          | 2
         d-1 | Alice        | -            | tag          | 1",
    );
}

#[test]
fn jobs_and_endpoints_without_tags_belong_to_nobody_unless_another_line_tells() {
    // Case 9.
    let export = Export::cur2(
        "cost | user      | resource
         1    | -         | training-job/my-job
         2    | -         | endpoint/my-endpoint
         4    | -         | notebook-instance/my-notebook
         8    | d-1/alice | training-job/my-job
         16   | d-1/alice | training-job/xmy-job
         32   | -         | training-job/My-job
         64   | -         | -
         128  | d-1/alice | -",
    );
    by("user,reason").check(
        &export,
        "alice | tag | 152
         alice | resource-history | 1
         - | none | 102 | unattributed",
    );
}

#[test]
fn a_home_volume_belongs_to_its_domain_and_to_no_user() {
    // Case 10.
    let export = Export::cur2(
        "cost | product   | managed_by | usage_type
         3    | AmazonEFS | d-1        | USE1-TimedStorage-ByteHrs
         5    | AmazonEFS | -          | USE1-TimedStorage-ByteHrs",
    );
    by("domain,user,reason,component").check(
        &export,
        "d-1 | - | efs  | efs | 3
         -   | - | none | efs | 5 | other services",
    );
}

#[test]
fn a_glue_session_says_shared_space_and_means_space() {
    // Case 11.
    let export = Export::cur2(
        "cost | product | domain | user      | shared_space
         1    | AWSGlue | d-1    | d-1/alice | d-1/team
         2    | AWSGlue | -      | -         | d-1/team
         4    | AWSGlue | -      | -         | -",
    );
    by("domain,user,space,service").check(
        &export,
        "d-1 | -     | team | AWSGlue | 2
         d-1 | alice | team | AWSGlue | 1
         -   | -     | -    | AWSGlue | 4 | other services",
    );
}

#[test]
fn owners_live_in_every_partition() {
    // B-45.
    let export = Export::cur2(
        "cost | user | resource
         1 | arn:aws-cn:sagemaker:cn-north-1:111122223333:user-profile/d-cn/wang | -
         2 | arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:user-profile/d-gov/jo | -
         4 | - | arn:aws-us-gov:sagemaker:us-gov-west-1:1:app/d-gov/al/kernelgateway/x
         8 | - | arn:aws-cn:sagemaker:cn-north-1:1:space/d-cn/team",
    );
    by("domain,user,space").check(
        &export,
        "d-cn  | -    | team | 8
         d-gov | al   | -    | 4
         d-gov | jo   | -    | 2
         d-cn  | wang | -    | 1",
    );
}

#[test]
fn an_arn_of_unknown_shape_stays_what_it_is() {
    // B-45: kept raw where it is a tag, and no owner where it is a resource.
    let long = "n".repeat(63);
    let export = Export::cur2(&format!(
        "cost | user             | resource
         1    | d-1/{long}       | -
         2    | not-an-arn:at:all | -
         4    | -                | arn:aws:sagemaker:us-east-1:1:app/d-1
         8    | -                | arn:aws:sagemaker:us-east-1:1:app/
         16   | -                | i-0123456789"
    ));
    by("user").check(&export, &format!("not-an-arn:at:all | 2\n{long} | 1\n- | 28 | unattributed"));
}

#[test]
fn a_line_with_three_tags_is_counted_once() {
    // B-42: no dimension multiplies a line, so every cut adds up to the same total.
    let export = Export::cur2(
        "cost | domain | user      | space
         1.5  | d-1    | d-1/alice | d-1/team
         2.5  | d-1    | d-1/bob   | d-1/team
         0.5  | -      | -         | -",
    );
    by("").check(&export, "4.5");
    by("space").check(&export, "team | 4\n- | 0.5 | unattributed");
    by("user").check(&export, "bob | 2.5\nalice | 1.5\n- | 0.5 | unattributed");
}

#[test]
fn tags_that_begin_in_mid_month_are_carried_back_by_resource_and_say_so() {
    // B-46.
    let export = Export::cur2(
        "cost | day        | user      | resource
         1    | 2026-10-14 | -         | training-job/x
         2    | 2026-10-15 | d-1/alice | training-job/x
         4    | 2026-10-16 | d-1/alice | training-job/x
         8    | 2026-10-14 | -         | training-job/y",
    );
    by("day,reason").check(
        &export,
        "2026-10-14 | resource-history | 1
         2026-10-15 | tag              | 2
         2026-10-16 | tag              | 4
         2026-10-14 | none             | 8 | unattributed",
    );
}

#[test]
fn a_charge_without_a_resource_is_in_every_answer() {
    // B-49.
    let export = Export::cur2(
        "cost | domain | resource
         1    | d-1    | -
         2    | d-1    | ''
         4    | d-1    | app/d-1/alice/jupyterlab/default",
    );
    by("domain").check(&export, "d-1 | 7");
    by("domain,resource").check(&export, "d-1 | default | 4\nd-1 | - | 3");
}

#[test]
fn the_same_tag_is_found_under_every_spelling() {
    // Case 3, B-38.
    for header in [
        "resource_tags_user_sagemaker_user_profile_arn",
        "resource_tags_sagemaker_user_profile_arn",
        "RESOURCE_TAGS_USER_SageMaker_User_Profile_Arn",
        "resource_tags[user_sagemaker_user_profile_arn]",
        "resource_tags[sagemaker:user-profile-arn]",
        "resource_tags[user:sagemaker:user-profile-arn]",
        "resource_tags[SagemakerUserProfileArn]",
        "resource_tags[aws_sagemaker_user_profile_arn]",
        "tags[resourceTags/sagemaker:user-profile-arn]",
        "tags[resourceTags/user:sagemaker:user-profile-arn]",
        "tags[sagemaker:user-profile-arn]",
    ] {
        let export = Export::cur2(&format!(
            "cost | {header}
             1    | arn:aws:sagemaker:us-east-1:1:user-profile/d-1/alice
             2    | -"
        ));
        let found = by("domain,user").find(&export);
        assert_eq!(lines_of(&found), "d-1 | alice | 1\n- | - | 2 | unattributed\n", "{header}");
    }
}

#[test]
fn one_tag_in_two_maps_is_one_tag() {
    // Case 3, B-41: not counted twice, and no disagreement where both say the same.
    let table = "cost | user      | tag:CostCenter
                 1    | d-1/alice | red
                 2    | -         | blue
                 4    | -         | -";
    for homes in [
        &[TagHome::ResourceTags][..],
        &[TagHome::Tags],
        &[TagHome::Columns],
        &[TagHome::ResourceTags, TagHome::Tags],
        &[TagHome::Tags, TagHome::ResourceTags, TagHome::Columns],
    ] {
        let export = Export::cur2(table).tags_in(homes);
        let found = by("user,tag:cost_center").find(&export);
        assert_eq!(
            lines_of(&found),
            "alice | red | 1\n- | - | 4 | unattributed\n- | blue | 2 | unattributed\n",
            "{homes:?}"
        );
        assert!(oddities(&found).is_empty(), "{homes:?}");
    }
}

#[test]
fn two_spellings_that_disagree_are_told_and_the_exact_one_wins() {
    let export = Export::cur2(
        "cost | resource_tags[user_team] | tags[resourceTags/team]
         1    | red                      | blue
         2    | red                      | -
         4    | -                        | blue
         8    | red                      | red",
    );
    let found = by("tag:team").find(&export);
    assert_eq!(lines_of(&found), "red | 10\nblue | 5\n");
    assert_eq!(
        oddities(&found),
        ["tag-disagreement: 1 rows hold two values of tag `team` under two spellings"]
    );
}

#[test]
fn keys_that_differ_in_case_are_one_tag_and_the_exact_one_wins() {
    // B-39: AWS merges them in `resource_tags`, so an exact question must not miss either.
    let export = Export::cur2(
        "cost | tags[resourceTags/team] | tags[resourceTags/Team] | tags[resourceTags/TEAM]
         1    | a                       | b                       | c
         2    | -                       | b                       | -
         4    | -                       | -                       | c",
    );
    by("tag:team").check(&export, "c | 4\nb | 2\na | 1");
    by("tag:Team").check(&export, "c | 4\nb | 3");
}

#[test]
fn keys_with_any_character_can_be_asked_for() {
    // B-40.
    for key in ["a.b", "équipe", "key with space", "a'b", "a/b", "$.x", "таг", "a\"b", "x=y"] {
        let export = Export::cur2(&format!("cost | tags[resourceTags/{key}]\n1 | v\n2 | -"));
        by(&format!("tag:{key}")).check(&export, "- | 2\nv | 1");
    }
}

#[test]
fn namespaces_of_tags_are_kept_apart() {
    // B-41.
    let export = Export::cur2(
        "cost | tags[resourceTags/owner] | tags[accountTag/owner] | tags[userAttribute/owner]
         1    | alice                    | finance                | eng
         2    | -                        | finance                | -
         4    | -                        | -                      | eng",
    );
    by("tag:owner").check(&export, "- | 6\nalice | 1");
    by("tag:accountTag/owner").check(&export, "- | 4\nfinance | 3");
    by("tag:userAttribute/owner").check(&export, "eng | 5\n- | 2");
}

#[test]
fn a_cost_category_is_no_tag() {
    let export = Export::cur2(
        "cost | cost_category[team] | tag:team
         1    | finance             | search
         2    | -                   | search",
    );
    by("category:team").check(&export, "- | 2\nfinance | 1");
    by("tag:team").check(&export, "search | 3");
}

#[test]
fn the_words_nan_and_null_are_values_like_others() {
    // B-06b.
    let export = Export::cur2(
        "cost | tag:team
         1    | nan
         2    | NULL
         4    | None
         8    | ''
         16   | -",
    );
    by("tag:team").check(&export, "- | 24\nNone | 4\nNULL | 2\nnan | 1");
}
