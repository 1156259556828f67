namespace Viper.Net.Protocol;

/// <summary>Whose numbers the types of a run of attributes are.</summary>
internal enum AttributeScope
{
    Unknown,
    Link,
    LinkInfo,
    LinkData,
    BridgePort,
    Bridge,
    Vxlan,
    Vlan,
    Address,
    Route,
    Neighbour,
    Rule,
    Traffic,
    Table,
    Chain,
    Hook,
    FirewallRule,
    Set,
    Elements,
    ElementList,
    Element,
    Object,
}
