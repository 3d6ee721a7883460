//! What the server answers.

/// A contact as EngageBay sends it, number `index` of a list.
fn contact(index: usize) -> String {
    let id = 5_310_000_000_000_001 + index;
    format!(
        r#"{{"id":{id},"owner_id":5150000000000001,"name":"Ada","firstname":"Ada","lastname":"Example","fullname":"Ada Example","name_sort":"ada","email":"ada{index}@example.com","score":12,"created_time":1718000000,"updated_time":1718200000,"status":"CONFIRMED","sources":[{{"type":"DEFAULT","id":0,"subscribed_on":1718000000,"status":"ACTIVE","custom":0}}],"companyIds":[5420000000000001],"contactIds":[],"listIds":[5750000000000001],"broadcastIds":[],"properties":[{{"name":"name","value":"Ada","field_type":"TEXT","is_searchable":false,"type":"SYSTEM"}},{{"name":"last_name","value":"Example","field_type":"TEXT","is_searchable":false,"type":"SYSTEM"}},{{"name":"phone","value":"+15550100","field_type":"PHONE","is_searchable":false,"type":"SYSTEM","subtype":"work"}},{{"name":"Machine_Count","value":"3","field_type":"NUMBER","is_searchable":true,"type":"CUSTOM"}}],"tags":[{{"tag":"engineer","assigned_time":1718000100}}],"owner":{{"id":5150000000000001,"email":"owner@example.com","name":"Olive Owner"}},"entiy_group_name":"subscriber","openedLinks":[],"emailProperties":[],"unsubscribeList":[],"emailBounceStatus":[],"importedEntity":false,"forceCreate":false,"forceUpdate":false}}"#
    )
}

/// One contact.
#[must_use]
pub fn one() -> String {
    contact(0)
}

/// A page of 50.
#[must_use]
pub fn page() -> String {
    let contacts: Vec<String> = (0..50).map(contact).collect();
    format!("[{}]", contacts.join(","))
}
