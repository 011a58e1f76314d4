"""Graphs: paths, centrality, flows, trees, matchings, colourings, reading and writing."""
import io

import networkx as nx

g = nx.karate_club_graph()
print(nx.shortest_path(g, 0, 33), nx.diameter(g), round(nx.density(g), 6), nx.minimum_spanning_tree(g).size())
print(sorted(nx.degree_centrality(g).items(), key=lambda t: (-t[1], t[0]))[:3])
print([(k, round(v, 6)) for k, v in sorted(nx.betweenness_centrality(g).items())[:4]])
print(round(nx.average_clustering(g), 9), sum(nx.triangles(g).values()), nx.is_connected(g), nx.number_of_nodes(g))
print([sorted(c) for c in nx.community.greedy_modularity_communities(g)])
d = nx.DiGraph([(1, 2), (2, 3), (1, 3), (3, 4)])
print(list(nx.topological_sort(d)), nx.is_directed_acyclic_graph(d), nx.dag_longest_path(d), sorted(nx.ancestors(d, 4)))
f = nx.DiGraph()
for a, b, c in [("s", "a", 3), ("s", "b", 2), ("a", "b", 1), ("a", "t", 2), ("b", "t", 3)]:
    f.add_edge(a, b, capacity=c)
value, flow = nx.maximum_flow(f, "s", "t")
print(value, {k: dict(v) for k, v in flow.items()})
w = nx.Graph()
w.add_weighted_edges_from([(1, 2, 7), (1, 3, 9), (1, 6, 14), (2, 3, 10), (2, 4, 15), (3, 4, 11), (3, 6, 2), (4, 5, 6), (5, 6, 9)])
print(nx.dijkstra_path(w, 1, 5), nx.dijkstra_path_length(w, 1, 5), dict(nx.all_pairs_dijkstra_path_length(w))[4])
print(sorted(nx.max_weight_matching(w)), sorted(map(sorted, nx.connected_components(nx.Graph([(1, 2), (3, 4)])))))
print(nx.greedy_color(nx.petersen_graph()), nx.is_isomorphic(nx.cycle_graph(5), nx.complement(nx.cycle_graph(5))))
print(list(nx.find_cliques(nx.complete_graph(4))), list(nx.bfs_edges(nx.balanced_tree(2, 2), 0)), nx.check_planarity(nx.complete_graph(5))[0])
out = io.BytesIO()
nx.write_graphml(nx.path_graph(3), out)
print(out.getvalue().decode())
print(nx.node_link_data(nx.path_graph(2)), list(nx.generate_edgelist(w))[:2])
try:
    nx.shortest_path(nx.Graph([(1, 2), (3, 4)]), 1, 4)
except nx.NetworkXNoPath as error:
    print(error)
