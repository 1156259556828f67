namespace Viper.Net;

/// <summary>Sees the links of a list one by one, without any of them being copied.</summary>
public interface ILinkVisitor
{
    /// <summary>The list begins, for the first time or again because it changed underway: forget what was seen.</summary>
    void Begin();

    /// <summary>One link.</summary>
    /// <param name="link">Valid during the call only.</param>
    void Visit(in LinkMessage link);
}
